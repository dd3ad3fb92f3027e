#include "host/core/record_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/core/errors.h"
#include "host/core/partial_file.h"

namespace tidewright {
namespace {

constexpr size_t kHeadBytes = 2 * sizeof(uint32_t);
constexpr size_t kReadBytes = size_t{1} << 20;

void WriteWhole(const FileDescriptor& fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw IoError("cannot write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
}

}  // namespace

RecordFile::RecordFile(const std::string& target, const std::optional<std::string>& run) {
  if (!run) {
    RefuseDirectory(target);
    path_ = target + ".partial." + std::to_string(getpid());
    fd_.Reset(open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd_.valid()) throw IoError("cannot create", path_, errno);
    unlink(path_.c_str());
    return;
  }
  kept_ = std::make_unique<ResumableFile>(target, *run);
  path_ = kept_->path();
  fd_.Reset(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd_.valid()) throw IoError("cannot read", path_, errno);
  Reader reader(*this);
  while (reader.Next()) ++records_;
  kept_->Keep(reader.position());
}

void RecordFile::Add(std::string_view record) {
  const auto length = static_cast<uint32_t>(record.size());
  const uint32_t head[2] = {length, ~length};
  gathered_.append(reinterpret_cast<const char*>(head), sizeof(head));
  gathered_.append(record);
  ++records_;
  if (gathered_.size() >= kFlushBytes) Flush();
}

void RecordFile::Flush() {
  if (kept_ != nullptr) {
    kept_->Write(gathered_);
  } else {
    WriteWhole(fd_, gathered_, path_);
  }
  gathered_.clear();
}

void RecordFile::Remove() {
  if (kept_ != nullptr) kept_->Remove();
}

RecordFile::Reader::Reader(const RecordFile& records) : fd_(records.fd_), path_(records.path_) {}

bool RecordFile::Reader::Fill(size_t bytes) {
  if (buffer_.size() - used_ >= bytes) return true;
  buffer_.erase(0, used_);
  used_ = 0;
  while (buffer_.size() < bytes) {
    const size_t have = buffer_.size();
    buffer_.resize(std::max(bytes, have + kReadBytes));
    const ssize_t got = pread(fd_.get(), buffer_.data() + have, buffer_.size() - have,
                              at_ + static_cast<int64_t>(have));
    buffer_.resize(have + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw IoError("cannot read", path_, errno);
    if (got == 0) return false;
  }
  return true;
}

std::optional<std::string_view> RecordFile::Reader::Next() {
  if (!Fill(kHeadBytes)) return std::nullopt;
  uint32_t head[2];
  std::memcpy(head, buffer_.data() + used_, sizeof(head));
  if (head[1] != ~head[0] || !Fill(kHeadBytes + head[0])) return std::nullopt;
  const std::string_view record(buffer_.data() + used_ + kHeadBytes, head[0]);
  used_ += kHeadBytes + head[0];
  at_ += static_cast<int64_t>(kHeadBytes + head[0]);
  return record;
}

}  // namespace tidewright
