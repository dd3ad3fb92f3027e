#include "host/train/artifact_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <vector>

#include "host/core/errors.h"
#include "host/model/artifact.h"
#include "host/model/manifest.h"
#include "host/train/checkpoint.h"

namespace tidewright {
namespace {

namespace fs = std::filesystem;

constexpr char kLockName[] = ".lock";

std::string Below(const std::string& directory, const std::string& name) {
  return directory + "/" + name;
}

std::vector<std::string> NamesIn(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) throw IoError("cannot list", directory, error.value());
  return names;
}

void RemoveTree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) throw IoError("cannot remove", path, error.value());
}

// Removes all but the lock; the manifest goes last, because it is what tells a leftover of ours
// from somebody's own directory.
void Empty(const std::string& directory) {
  for (const std::string& name : NamesIn(directory)) {
    if (name != kLockName && name != kManifestName) RemoveTree(Below(directory, name));
  }
  RemoveTree(Below(directory, kManifestName));
}

// Without what remains of the path's end ("model/" is "model"), through a symbolic link to what it
// names.
std::string Normalize(const std::string& directory) {
  std::string path = directory;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::string name = fs::path(path).filename().string();
  if (name.empty() || name == "." || name == "..") {
    throw UsageError("output '" + directory + "': expected the name of a directory to be made");
  }
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::canonical(path, error);
  if (error) throw IoError("cannot follow", path, error.value());
  return target.string();
}

void CheckTarget(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return;
  if (error) throw IoError("cannot look at", path, error.value());
  const bool ours =
      status.type() == fs::file_type::directory && (IsArtifact(path) || NamesIn(path).empty());
  if (!ours) {
    throw UsageError("output " + path + " exists and is no artifact; remove it or give another -o");
  }
}

// A directory of this name with something else in it is not ours to empty.
void CheckLeftover(const std::string& work) {
  const std::vector<std::string> names = NamesIn(work);
  const std::set<std::string> present(names.begin(), names.end());
  if (!present.empty() && present.count(kLockName) == 0 && present.count(kManifestName) == 0) {
    throw UsageError(work + " exists and was not left by tidewright; remove it or give another -o");
  }
}

void MakeDirectory(const std::string& work) {
  std::error_code error;
  fs::create_directories(ParentDirectory(work), error);
  if (error) throw IoError("cannot create", ParentDirectory(work), error.value());
  if (mkdir(work.c_str(), 0777) != 0 && errno != EEXIST) {
    throw IoError("cannot create", work, errno);
  }
  struct stat status;
  if (stat(work.c_str(), &status) != 0) throw IoError("cannot look at", work, errno);
  if (!S_ISDIR(status.st_mode)) {
    throw UsageError(work + " exists and is no directory; remove it or give another -o");
  }
}

bool HoldsCheckpoint(const std::string& work) {
  std::error_code ignored;
  return fs::is_regular_file(Below(work, kCheckpointName), ignored);
}

void CheckResumable(const std::string& work, bool resume) {
  if (!resume || HoldsCheckpoint(work)) return;
  throw UsageError("nothing to resume: there is no " + Below(work, kCheckpointName) +
                   "; run without --resume");
}

[[noreturn]] void RefuseLocked(const FileDescriptor& lock, const std::string& path) {
  char pid[32] = "";
  const ssize_t got = pread(lock.get(), pid, sizeof(pid) - 1, 0);
  std::string holder(pid, got > 0 ? static_cast<size_t>(got) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  throw IoError(path + ": another run is writing it" +
                (holder.empty() ? "" : " (process " + holder + ")") +
                "; wait for it or give another -o");
}

// Nothing where the lock's name no longer leads to it.
FileDescriptor TryLock(const std::string& work, const std::string& path) {
  const std::string lock_path = Below(work, kLockName);
  FileDescriptor lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock.valid() && errno == ENOENT) return FileDescriptor();
  if (!lock.valid()) throw IoError("cannot create", lock_path, errno);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) RefuseLocked(lock, path);
    throw IoError("cannot lock", lock_path, errno);
  }
  if (!IsStillNamed(lock, lock_path)) return FileDescriptor();
  const std::string pid = std::to_string(getpid()) + "\n";
  ssize_t wrote = -1;
  if (ftruncate(lock.get(), 0) == 0) wrote = pwrite(lock.get(), pid.data(), pid.size(), 0);
  if (wrote < 0) throw IoError("cannot write", lock_path, errno);
  if (wrote < static_cast<ssize_t>(pid.size())) throw IoError("cannot write", lock_path, ENOSPC);
  return lock;
}

void SyncTree(const std::string& directory) {
  for (const std::string& name : NamesIn(directory)) SyncPath(Below(directory, name));
  SyncPath(directory);
}

void Unlink(const std::string& path) { unlink(path.c_str()); }

// The old artifact after the change. What cannot be removed is left for the next run to empty: the
// new artifact is in place, so that is no failure.
void RemoveWork(const std::string& work) noexcept {
  try {
    Empty(work);
    Unlink(Below(work, kLockName));
    rmdir(work.c_str());
  } catch (const std::exception&) {
  }
}

}  // namespace

void ArtifactDirectory::Check(const std::string& directory, bool resume) {
  const std::string path = Normalize(directory);
  CheckTarget(path);
  CheckResumable(path + ".partial", resume);
}

ArtifactDirectory::ArtifactDirectory(const std::string& directory, bool resume, Progress& progress)
    : path_(Normalize(directory)), work_path_(path_ + ".partial") {
  CheckTarget(path_);
  CheckResumable(work_path_, resume);
  while (!lock_.valid()) {
    MakeDirectory(work_path_);
    CheckLeftover(work_path_);
    lock_ = TryLock(work_path_, path_);
  }
  CheckResumable(work_path_, resume);
  if (resume) return;
  if (HoldsCheckpoint(work_path_)) {
    progress.Warn(work_path_ +
                  ": an earlier run's checkpoint is dropped, as --resume is not given");
  }
  Empty(work_path_);
}

ArtifactDirectory::~ArtifactDirectory() {
  if (!lock_.valid()) return;
  std::error_code error;
  fs::directory_iterator entry(work_path_, error);
  const bool only_lock = !error && entry != fs::directory_iterator() &&
                         entry->path().filename() == kLockName &&
                         ++entry == fs::directory_iterator();
  if (only_lock) RemoveWork(work_path_);
}

void ArtifactDirectory::Commit() {
  if (!IsArtifact(work_path_)) throw IoError(work_path_ + ": no artifact was written into it");
  RemoveTree(Below(work_path_, kCheckpointName));
  RemoveTree(Below(work_path_, kCheckpointName) + kTemporarySuffix);
  SyncTree(work_path_);
  const std::string parent = ParentDirectory(path_);
  if (!IsArtifact(path_)) {
    if (rename(work_path_.c_str(), path_.c_str()) != 0) {
      throw IoError("cannot replace", path_, errno);
    }
    Unlink(Below(path_, kLockName));
    SyncPath(parent);
    lock_.Reset();
    return;
  }
  // The lock's file stands in both directories through the exchange, so that no other run can take
  // DIR.partial while the old artifact in it is being removed.
  const std::string lock_here = Below(work_path_, kLockName);
  const std::string lock_there = Below(path_, kLockName);
  Unlink(lock_there);
  const bool linked = link(lock_here.c_str(), lock_there.c_str()) == 0;
  try {
    if (!linked || !ExchangePaths(work_path_, path_)) CommitByManifest(work_path_, path_);
  } catch (const Error&) {
    Unlink(lock_there);
    throw;
  }
  Unlink(lock_there);
  SyncPath(parent);
  RemoveWork(work_path_);
  lock_.Reset();
}

void CommitByManifest(const std::string& work, const std::string& directory) {
  const std::string manifest_path = Below(work, kManifestName);
  ManifestDocument document = ParseManifest(InputFile(manifest_path).ReadAll(), manifest_path);
  std::set<std::string> keep{kManifestName, kLockName};
  for (auto& [part, file] : document.files) {
    const std::string name = part + "." + file.checksum + ".safetensors";
    if (rename(Below(work, file.name).c_str(), Below(directory, name).c_str()) != 0) {
      throw IoError("cannot replace", Below(directory, name), errno);
    }
    file.name = name;
    keep.insert(name);
  }
  WriteFileSynced(manifest_path, ManifestText(document));
  SyncPath(directory);
  ReplaceFile(manifest_path, Below(directory, kManifestName));
  for (const std::string& name : NamesIn(work)) {
    if (keep.count(name) > 0) continue;
    if (rename(Below(work, name).c_str(), Below(directory, name).c_str()) == 0) keep.insert(name);
  }
  for (const std::string& name : NamesIn(directory)) {
    if (keep.count(name) == 0) RemoveTree(Below(directory, name));
  }
}

}  // namespace tidewright
