#ifndef TIDEWRIGHT_HOST_CORE_ATOMIC_FILE_H_
#define TIDEWRIGHT_HOST_CORE_ATOMIC_FILE_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tidewright {

// Files that are complete or not there at all. Everything here throws IoError.

// Owns a file descriptor.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor() { Reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset(int fd = -1);

 private:
  int fd_;
};
// Whether `path` still leads to the open file: who held its lock before may have renamed or removed
// it since it was opened, and then the lock says nothing of what stands there now.
bool IsStillNamed(const FileDescriptor& file, const std::string& path);

// A file being written from its beginning; an existing one is truncated.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  void Write(const void* data, int64_t bytes);
  // fsync and close: only after it has returned are the bytes known to be stored.
  void Commit();

 private:
  std::string path_;
  FileDescriptor fd_;
  int64_t size_ = 0;
  int64_t storing_ = 0;  // so many bytes are on their way to the disk
};

// A regular file being read by position; it stays readable when its name is unlinked or replaced.
class InputFile {
 public:
  explicit InputFile(const std::string& path);
  // `name` inside an open directory; nothing where no such file is. `path` is for messages.
  static std::optional<InputFile> OpenAt(const FileDescriptor& directory, const std::string& name,
                                         const std::string& path);

  const std::string& path() const { return path_; }
  int64_t size() const { return size_; }
  // A large part by all threads.
  void ReadAt(int64_t offset, void* out, int64_t bytes) const;
  std::string ReadAll() const;
  std::string Checksum() const;  // as HashFile

 private:
  InputFile(FileDescriptor fd, std::string path);
  void ReadPart(int64_t offset, void* out, int64_t bytes) const;

  std::string path_;
  FileDescriptor fd_;
  int64_t size_ = 0;
};

// Writes and fsyncs a whole file.
void WriteFileSynced(const std::string& path, const std::string& bytes);
// Renames `from` over `to` and fsyncs the directory that holds them.
void ReplaceFile(const std::string& from, const std::string& to);
// fsyncs a file or a directory.
void SyncPath(const std::string& path);
// The directory a path lies in ("." where the path names none).
std::string ParentDirectory(const std::string& path);
// Swaps two paths at once; false where the file system cannot, and then nothing has changed.
bool ExchangePaths(const std::string& a, const std::string& b);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ATOMIC_FILE_H_
