#include "host/core/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "host/core/errors.h"
#include "host/core/hash.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kLargestCall = int64_t{1} << 30;  // read and write end early near 2^31
constexpr int64_t kStoredAtOnce = int64_t{32} << 20;
constexpr int64_t kReadAtOnce = int64_t{16} << 20;

}  // namespace

bool IsStillNamed(const FileDescriptor& file, const std::string& path) {
  struct stat held;
  struct stat named;
  return fstat(file.get(), &held) == 0 && stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) Reset(std::exchange(other.fd_, -1));
  return *this;
}

void FileDescriptor::Reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

OutputFile::OutputFile(const std::string& path)
    : path_(path), fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (!fd_.valid()) throw IoError("cannot create", path_, errno);
}

void OutputFile::Write(const void* data, int64_t bytes) {
  const char* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t wrote =
        write(fd_.get(), from, static_cast<size_t>(std::min(bytes, kLargestCall)));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw IoError("cannot write", path_, errno);
    from += wrote;
    bytes -= wrote;
    size_ += wrote;
  }
  // The disk works while what follows is made; an error of its comes with fsync.
  if (size_ - storing_ >= kStoredAtOnce) {
    sync_file_range(fd_.get(), storing_, size_ - storing_, SYNC_FILE_RANGE_WRITE);
    storing_ = size_;
  }
}

void OutputFile::Commit() {
  if (fsync(fd_.get()) != 0) throw IoError("cannot write", path_, errno);
  fd_.Reset();
}

InputFile::InputFile(const std::string& path)
    : InputFile(FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), path) {}

InputFile::InputFile(FileDescriptor fd, std::string path)
    : path_(std::move(path)), fd_(std::move(fd)) {
  if (!fd_.valid()) throw IoError("cannot read", path_, errno);
  struct stat status;
  if (fstat(fd_.get(), &status) != 0) throw IoError("cannot read", path_, errno);
  if (!S_ISREG(status.st_mode)) throw IoError("cannot read " + path_ + ": it is not a file");
  size_ = status.st_size;
}

std::optional<InputFile> InputFile::OpenAt(const FileDescriptor& directory, const std::string& name,
                                           const std::string& path) {
  const int fd = openat(directory.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return std::nullopt;
  return InputFile(FileDescriptor(fd), path);
}

void InputFile::ReadAt(int64_t offset, void* out, int64_t bytes) const {
  ParallelRanges(bytes, kReadAtOnce, [&](int64_t begin, int64_t end, int) {
    ReadPart(offset + begin, static_cast<char*>(out) + begin, end - begin);
  });
}

void InputFile::ReadPart(int64_t offset, void* out, int64_t bytes) const {
  char* to = static_cast<char*>(out);
  while (bytes > 0) {
    const ssize_t got =
        pread(fd_.get(), to, static_cast<size_t>(std::min(bytes, kLargestCall)), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw IoError("cannot read", path_, errno);
    if (got == 0) throw IoError("cannot read " + path_ + ": it became shorter while being read");
    to += got;
    offset += got;
    bytes -= got;
  }
}

std::string InputFile::ReadAll() const {
  std::string bytes(static_cast<size_t>(size_), '\0');
  ReadAt(0, bytes.data(), size_);
  return bytes;
}

std::string InputFile::Checksum() const {
  Hasher hasher;
  std::vector<char> buffer(static_cast<size_t>(std::min<int64_t>(size_, 1 << 20)));
  for (int64_t at = 0; at < size_; at += 1 << 20) {
    const int64_t part = std::min<int64_t>(size_ - at, 1 << 20);
    ReadAt(at, buffer.data(), part);
    hasher.Update(buffer.data(), static_cast<size_t>(part));
  }
  return hasher.Hex();
}

void WriteFileSynced(const std::string& path, const std::string& bytes) {
  OutputFile file(path);
  file.Write(bytes.data(), static_cast<int64_t>(bytes.size()));
  file.Commit();
}

void ReplaceFile(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) throw IoError("cannot replace", to, errno);
  SyncPath(ParentDirectory(to));
}

void SyncPath(const std::string& path) {
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) throw IoError("cannot open", path, errno);
  // EINVAL: a file system that knows no fsync of directories.
  if (fsync(fd.get()) != 0 && errno != EINVAL) throw IoError("cannot store", path, errno);
}

std::string ParentDirectory(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

bool ExchangePaths(const std::string& a, const std::string& b) {
  if (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return true;
  if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return false;
  throw IoError("cannot replace", b, errno);
}

}  // namespace tidewright
