#include "host/core/resumable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "host/core/errors.h"
#include "host/core/partial_file.h"

namespace tidewright {
namespace {

bool HoldsAnything(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 && status.st_size > 0;
}

std::string RunPath(const std::string& path) { return path + ".run"; }

}  // namespace

ResumableFile::ResumableFile(const std::string& target, const std::string& run)
    : target_(target), path_(target + ".partial") {
  RefuseDirectory(target);
  const std::string run_path = RunPath(path_);
  do {
    fd_.Reset(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!fd_.valid()) throw IoError("cannot create", path_, errno);
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) throw IoError("cannot lock", path_, errno);
      throw UsageError(path_ + ": another run is writing it; wait for it to end");
    }
  } while (!IsStillNamed(fd_, path_));
  // Without the other file nothing was written that counts.
  if (!HoldsAnything(run_path) || !HoldsAnything(path_)) {
    if (ftruncate(fd_.get(), 0) != 0) throw IoError("cannot write", path_, errno);
    WriteFileSynced(run_path, run + "\n");
  } else if (InputFile(run_path).ReadAll() != run + "\n") {
    throw UsageError(path_ +
                     " is of a run with another model, other options or other data, or by another "
                     "version of the program; give those, or remove it and " +
                     run_path);
  } else {
    holds_anything_ = true;
  }
}

ResumableFile::~ResumableFile() {
  if (done_ || holds_anything_) return;
  unlink(RunPath(path_).c_str());
  unlink(path_.c_str());
}

void ResumableFile::Keep(int64_t bytes) {
  if (ftruncate(fd_.get(), bytes) != 0 || lseek(fd_.get(), bytes, SEEK_SET) != bytes) {
    throw IoError("cannot write", path_, errno);
  }
  holds_anything_ = bytes > 0;
}

void ResumableFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd_.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw IoError("cannot write", path_, errno);
    bytes.remove_prefix(static_cast<size_t>(wrote));
    holds_anything_ = true;
  }
}

void ResumableFile::Finish() {
  if (fsync(fd_.get()) != 0) throw IoError("cannot write", path_, errno);
  ReplaceFile(path_, target_);
  done_ = true;
  unlink(RunPath(path_).c_str());
}

void ResumableFile::Remove() {
  done_ = true;
  unlink(RunPath(path_).c_str());
  unlink(path_.c_str());
}

}  // namespace tidewright
