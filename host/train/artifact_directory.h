#ifndef TIDEWRIGHT_HOST_TRAIN_ARTIFACT_DIRECTORY_H_
#define TIDEWRIGHT_HOST_TRAIN_ARTIFACT_DIRECTORY_H_

#include <string>

#include "host/core/atomic_file.h"
#include "host/core/progress.h"

namespace tidewright {

// The life of an output directory. Work goes on in DIR.partial/ (locked, one writer); Commit fsyncs
// everything in it and renames it to DIR, or exchanges the two (renameat2 RENAME_EXCHANGE) where
// DIR is already an artifact, so that a reader sees the old one or the new one, through kill -9 and
// a full disk. A partial directory that is not committed stays: --resume finds it.
class ArtifactDirectory {
 public:
  // Creates and locks DIR.partial. resume: it must exist and hold a checkpoint; otherwise a
  // leftover is emptied, with a warning where that loses a checkpoint. Throws UsageError (DIR
  // exists and is no artifact; nothing to resume), IoError (locked by another run, no space).
  ArtifactDirectory(const std::string& directory, bool resume,
                    Progress& progress = SilentProgress());
  // The same refusals, so far as looking tells, before a long run's data are read.
  static void Check(const std::string& directory, bool resume);
  // Gives the lock up; a partial directory into which nothing was written goes with it.
  ~ArtifactDirectory();
  ArtifactDirectory(const ArtifactDirectory&) = delete;
  ArtifactDirectory& operator=(const ArtifactDirectory&) = delete;

  const std::string& work_path() const { return work_path_; }  // DIR.partial
  // Removes what only the work needed (lock, checkpoints), fsyncs, renames. Throws IoError; DIR is
  // then as it was.
  void Commit();

 private:
  std::string path_;
  std::string work_path_;
  FileDescriptor lock_;
};

// What Commit does where the file system cannot exchange two directories: moves the arrays of the
// artifact in `work` into the artifact `directory` under names with their checksums, then renames a
// manifest that names them over the old one, which is the moment of change, then removes what the
// new manifest does not name.
void CommitByManifest(const std::string& work, const std::string& directory);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_ARTIFACT_DIRECTORY_H_
