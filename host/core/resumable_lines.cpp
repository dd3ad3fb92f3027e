#include "host/core/resumable_lines.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "host/core/errors.h"

namespace tidewright {
namespace {

bool HoldsAnything(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0 && status.st_size > 0;
}

}  // namespace

ResumableLines::ResumableLines(const std::string& target, const std::string& run)
    : target_(target), path_(target + ".partial") {
  const std::string run_path = path_ + ".run";
  do {
    fd_.Reset(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!fd_.valid()) throw IoError("cannot create", path_, errno);
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) throw IoError("cannot lock", path_, errno);
      throw UsageError(path_ + ": another run is writing it; wait for it to end");
    }
  } while (!IsStillNamed(fd_, path_));
  // Without the other file no line was written that counts.
  if (!HoldsAnything(run_path) || !HoldsAnything(path_)) {
    if (ftruncate(fd_.get(), 0) != 0) throw IoError("cannot write", path_, errno);
    WriteFileSynced(run_path, run + "\n");
  } else if (InputFile(run_path).ReadAll() != run + "\n") {
    throw UsageError(path_ +
                     " is of a run with another model, other options or other data; give those, "
                     "or remove it and " +
                     run_path);
  }
  lines_ = KeepWholeLines();
}

int64_t ResumableLines::KeepWholeLines() {
  int64_t lines = 0;
  int64_t end = 0;
  const InputFile written(path_);
  std::vector<char> buffer(size_t{1} << 20);
  for (int64_t at = 0; at < written.size(); at += static_cast<int64_t>(buffer.size())) {
    const auto part = std::min<int64_t>(written.size() - at, static_cast<int64_t>(buffer.size()));
    written.ReadAt(at, buffer.data(), part);
    for (int64_t i = 0; i < part; ++i) {
      if (buffer[static_cast<size_t>(i)] != '\n') continue;
      ++lines;
      end = at + i + 1;
    }
  }
  if (ftruncate(fd_.get(), end) != 0 || lseek(fd_.get(), end, SEEK_SET) != end) {
    throw IoError("cannot write", path_, errno);
  }
  return lines;
}

void ResumableLines::Write(std::string_view whole_lines) {
  while (!whole_lines.empty()) {
    const ssize_t wrote = write(fd_.get(), whole_lines.data(), whole_lines.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw IoError("cannot write", path_, errno);
    whole_lines.remove_prefix(static_cast<size_t>(wrote));
  }
}

void ResumableLines::Finish() {
  if (fsync(fd_.get()) != 0) throw IoError("cannot write", path_, errno);
  ReplaceFile(path_, target_);
  unlink((path_ + ".run").c_str());
}

}  // namespace tidewright
