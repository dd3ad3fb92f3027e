#ifndef TIDEWRIGHT_TESTS_FAULT_FAULT_SUPPORT_H_
#define TIDEWRIGHT_TESTS_FAULT_FAULT_SUPPORT_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "host/model/artifact.h"
#include "tests/support/run_cli.h"

namespace tidewright {

// A temporary directory in memory where the machine has one: a killed process leaves there what it
// leaves on a disk, and fsync takes no time.
class MemoryDirectory {
 public:
  MemoryDirectory();
  std::string File(const std::string& name) const { return directory_.File(name); }
  const std::string& path() const { return directory_.path(); }

 private:
  struct PointTmpAtMemory {
    PointTmpAtMemory();
  };
  PointTmpAtMemory first_;
  TempDirectory directory_;
};

// Saves the artifact as a training run does.
void SaveArtifact(const std::string& path, const Artifact& artifact);

// Runs `body` in a process of its own, which ends with what body returns, or with the exit code of
// the Error it throws (its message goes to the log).
pid_t Fork(const std::function<int()>& body);
// The exit code, or 128 + the signal.
int WaitFor(pid_t child);

// Runs `body` in a child and kills it (SIGKILL) at its n-th entry to or return from the kernel.
// True where it was killed, false where it ended before that.
bool KillAtStep(const std::function<int()>& body, int step);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_FAULT_FAULT_SUPPORT_H_
