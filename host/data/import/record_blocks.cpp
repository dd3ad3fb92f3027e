#include "host/data/import/record_blocks.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tidewright {
namespace {

// Counts each candidate outside quotes in the first record.
char DetectDelimiter(std::string_view text, bool quotes) {
  constexpr std::string_view kCandidates = ",;\t|";
  size_t counts[kCandidates.size()] = {};
  bool quoted = false;
  for (const char c : text) {
    if (quotes && c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    const size_t which = kCandidates.find(c);
    if (which != std::string_view::npos) ++counts[which];
  }
  return kCandidates[std::max_element(std::begin(counts), std::end(counts)) - std::begin(counts)];
}

}  // namespace

size_t LastRecordEnd(std::string_view text, char delimiter, bool quotes) {
  if (!quotes) return text.rfind('\n') + 1;
  size_t last = 0;
  size_t plain = 0;  // where the stretch outside quotes began
  while (true) {
    size_t quote = plain;
    while (true) {
      const void* at = quote < text.size()
                           ? std::memchr(text.data() + quote, '"', text.size() - quote)
                           : nullptr;
      quote = at == nullptr ? text.size()
                            : static_cast<size_t>(static_cast<const char*>(at) - text.data());
      // A quote inside a field that did not begin with one is a character like any other.
      if (quote == text.size() || quote == 0 || text[quote - 1] == '\n' ||
          text[quote - 1] == delimiter) {
        break;
      }
      ++quote;
    }
    const size_t newline = text.substr(plain, quote - plain).rfind('\n');
    if (newline != std::string_view::npos) last = plain + newline + 1;
    if (quote == text.size()) return last;
    size_t close = quote + 1;
    while (true) {
      close = text.find('"', close);
      if (close == std::string_view::npos) return last;
      if (close + 1 == text.size() || text[close + 1] != '"') break;
      close += 2;
    }
    plain = close + 1;
  }
}

RecordBlockReader::RecordBlockReader(std::unique_ptr<ByteSource> source,
                                     const RecordBlockOptions& options, size_t queue_blocks)
    : source_(std::move(source)), options_(options), queue_blocks_(queue_blocks) {
  capacity_ = options_.block_bytes;
  buffer_ = std::make_unique_for_overwrite<char[]>(capacity_ + RecordBlock::kPadding);
  Fill();
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (std::string_view(buffer_.get(), filled_).starts_with(kByteOrderMark)) {
    filled_ -= kByteOrderMark.size();
    std::memmove(buffer_.get(), buffer_.get() + kByteOrderMark.size(), filled_);
  }
  if (options_.delimiter == 0) {
    options_.delimiter = DetectDelimiter({buffer_.get(), filled_}, options_.quotes);
  }
  thread_ = std::thread([this] {
    try {
      Run();
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      failure_ = std::current_exception();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  });
}

RecordBlockReader::~RecordBlockReader() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void RecordBlockReader::Fill() {
  const size_t wanted = capacity_ - filled_;
  const size_t got = source_->Read(buffer_.get() + filled_, wanted);
  filled_ += got;
  at_end_ = got < wanted;
}

void RecordBlockReader::Run() {
  while (true) {
    if (!at_end_) Fill();
    RecordBlock block;
    size_t end = at_end_
                     ? filled_
                     : LastRecordEnd({buffer_.get(), filled_}, options_.delimiter, options_.quotes);
    if (end == 0 && at_end_) return;
    if (end == 0) {
      block.overlong = capacity_ >= kMaxRecordBytes;
      if (block.overlong) {
        end = filled_;
      } else {
        auto larger = std::make_unique_for_overwrite<char[]>(capacity_ * 2 + RecordBlock::kPadding);
        std::memcpy(larger.get(), buffer_.get(), filled_);
        buffer_ = std::move(larger);
        capacity_ *= 2;
        continue;
      }
    }
    block.bytes = std::move(buffer_);
    block.size = end;
    block.file_done = source_->file_done();
    const size_t rest = filled_ - end;
    capacity_ = std::max(options_.block_bytes, rest * 2);
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity_ + RecordBlock::kPadding);
    std::memcpy(buffer_.get(), block.bytes.get() + end, rest);
    std::memset(block.bytes.get() + end, 0, RecordBlock::kPadding);
    filled_ = rest;
    const bool last = block.overlong || (at_end_ && rest == 0);
    if (!Push(std::move(block)) || last) return;
  }
}

bool RecordBlockReader::Push(RecordBlock block) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || queue_.size() < queue_blocks_; });
  if (stopping_) return false;
  queue_.push_back(std::move(block));
  changed_.notify_all();
  return true;
}

std::optional<RecordBlock> RecordBlockReader::Next() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return finished_ || !queue_.empty(); });
  if (queue_.empty()) {
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
  }
  std::optional<RecordBlock> block = std::move(queue_.front());
  queue_.pop_front();
  changed_.notify_all();
  return block;
}

}  // namespace tidewright
