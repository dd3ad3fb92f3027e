#include "host/core/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "host/core/errors.h"

namespace tidewright {
namespace {

void SyncPath(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) throw IoError("cannot open", path, errno);
  const int failed = fsync(file) != 0 ? errno : 0;
  close(file);
  if (failed != 0) throw IoError("cannot write", path, failed);
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path)
    : path_(path), work_path_(path + ".partial." + std::to_string(getpid())) {}

AtomicFile::~AtomicFile() {
  if (!work_path_.empty()) unlink(work_path_.c_str());
}

void AtomicFile::Commit() {
  SyncPath(work_path_, O_RDONLY);
  if (std::rename(work_path_.c_str(), path_.c_str()) != 0) {
    throw IoError("cannot write", path_, errno);
  }
  work_path_.clear();
  const std::string parent = std::filesystem::path(path_).parent_path().string();
  SyncPath(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
}

}  // namespace tidewright
