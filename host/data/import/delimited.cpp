#include "host/data/import/delimited.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tidewright {
namespace {

static_assert(std::endian::native == std::endian::little, "words are scanned from their low byte");

constexpr uint64_t kOnes = 0x0101010101010101ull;
constexpr uint64_t kHighBits = 0x8080808080808080ull;
constexpr uint64_t kNewlines = kOnes * '\n';

uint64_t LoadWord(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// The lowest high bit set marks the first byte that is zero; bits above it mean nothing.
uint64_t ZeroBytes(uint64_t word) { return (word - kOnes) & ~word & kHighBits; }

// How many continuation bytes follow a lead byte and what the first of them may be.
struct Utf8Lead {
  int length = 0;  // 0: no lead byte
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
};

Utf8Lead ClassifyLead(uint8_t byte) {
  if (byte >= 0xc2 && byte <= 0xdf) return {1, 0x80, 0xbf};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte == 0xed) return {2, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {2, 0x80, 0xbf};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {3, 0x80, 0xbf};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {};
}

}  // namespace

RecordScanner::RecordScanner(RecordBlock& block, char delimiter, bool quotes)
    : at_(block.bytes.get()),
      end_(block.bytes.get() + block.size),
      delimiter_(delimiter),
      quotes_(quotes),
      delimiter_word_(kOnes * static_cast<uint8_t>(delimiter)) {}

std::string_view RecordScanner::PlainField() {
  char* const begin = at_;
  // The block's padding lets the last word be read past the end.
  while (at_ < end_) {
    const uint64_t word = LoadWord(at_);
    const uint64_t hits = ZeroBytes(word ^ delimiter_word_) | ZeroBytes(word ^ kNewlines);
    if (hits != 0) {
      at_ += std::countr_zero(hits) / 8;
      break;
    }
    at_ += sizeof(word);
  }
  at_ = std::min(at_, end_);
  return {begin, static_cast<size_t>(at_ - begin)};
}

std::string_view RecordScanner::QuotedField() {
  char* const begin = ++at_;
  char* write = begin;
  while (true) {
    char* const quote = static_cast<char*>(std::memchr(at_, '"', static_cast<size_t>(end_ - at_)));
    char* const stop = quote == nullptr ? end_ : quote;
    line_ += std::count(at_, stop, '\n');
    if (write != at_) std::memmove(write, at_, static_cast<size_t>(stop - at_));
    write += stop - at_;
    at_ = stop;
    if (quote == nullptr) {
      error_ =
          "a quote opens a field and is never closed; expected \" at its end (--no-quotes reads "
          "quotes as they stand)";
      unterminated_ = true;
      break;
    }
    ++at_;
    if (at_ == end_ || *at_ != '"') break;
    *write++ = '"';
    ++at_;
  }
  const std::string_view field(begin, static_cast<size_t>(write - begin));
  if (at_ < end_ && *at_ != delimiter_ && *at_ != '\n' && !PlainField().starts_with('\r')) {
    error_ = "text follows the closing quote of a field; expected a delimiter";
  }
  return field;
}

bool RecordScanner::Next() {
  while (at_ < end_) {
    fields_.clear();
    error_ = nullptr;
    record_line_ = line_;
    while (true) {
      fields_.push_back(quotes_ && at_ < end_ && *at_ == '"' ? QuotedField() : PlainField());
      if (at_ == end_ || *at_ == '\n') break;
      ++at_;
    }
    std::string_view& last = fields_.back();
    const bool plain = last.data() + last.size() == at_;
    if (plain && last.ends_with('\r')) last.remove_suffix(1);
    const bool blank = fields_.size() == 1 && plain && last.empty();
    if (at_ < end_) {
      ++at_;
      ++line_;
    }
    if (!blank) return true;
  }
  return false;
}

size_t FindInvalidUtf8(std::string_view text) {
  size_t at = 0;
  const size_t size = text.size();
  while (at < size) {
    while (at + sizeof(uint64_t) <= size) {
      const uint64_t word = LoadWord(text.data() + at);
      if ((word & kHighBits) != 0 || ZeroBytes(word) != 0) break;
      at += sizeof(uint64_t);
    }
    if (at == size) break;
    const uint8_t byte = static_cast<uint8_t>(text[at]);
    if (byte == 0) return at;
    if (byte < 0x80) {
      ++at;
      continue;
    }
    const Utf8Lead lead = ClassifyLead(byte);
    if (lead.length == 0 || at + static_cast<size_t>(lead.length) >= size) return at;
    const uint8_t second = static_cast<uint8_t>(text[at + 1]);
    if (second < lead.low || second > lead.high) return at;
    for (int i = 2; i <= lead.length; ++i) {
      if ((static_cast<uint8_t>(text[at + static_cast<size_t>(i)]) & 0xc0) != 0x80) return at;
    }
    at += static_cast<size_t>(lead.length) + 1;
  }
  return std::string_view::npos;
}

bool AllUtf8(const std::vector<std::string_view>& fields) {
  for (const std::string_view field : fields) {
    if (FindInvalidUtf8(field) != std::string_view::npos) return false;
  }
  return true;
}

const char* NotTextProblem(bool latin1) {
  return latin1 ? "a NUL byte; expected text"
                : "bytes that are not UTF-8; expected UTF-8 text (--encoding latin1 reads ISO "
                  "8859-1)";
}

RecordBlock Latin1ToUtf8(const RecordBlock& block) {
  const std::string_view text = block.text();
  const int64_t wide = std::count_if(text.begin(), text.end(),
                                     [](char c) { return static_cast<uint8_t>(c) >= 0x80; });
  RecordBlock result;
  result.size = block.size + static_cast<size_t>(wide);
  result.bytes = std::make_unique_for_overwrite<char[]>(result.size + RecordBlock::kPadding);
  result.file_done = block.file_done;
  result.overlong = block.overlong;
  char* write = result.bytes.get();
  for (const char c : text) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (byte < 0x80) {
      *write++ = c;
    } else {
      *write++ = static_cast<char>(0xc0 | (byte >> 6));
      *write++ = static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  std::memset(write, 0, RecordBlock::kPadding);
  return result;
}

}  // namespace tidewright
