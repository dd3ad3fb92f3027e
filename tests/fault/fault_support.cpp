#include "tests/fault/fault_support.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "host/core/errors.h"
#include "host/train/artifact_directory.h"

namespace tidewright {

MemoryDirectory::PointTmpAtMemory::PointTmpAtMemory() {
  if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 1);
}

MemoryDirectory::MemoryDirectory() { unsetenv("TMPDIR"); }

void SaveArtifact(const std::string& path, const Artifact& artifact) {
  ArtifactDirectory output(path, false);
  WriteArtifactFiles(output.work_path(), artifact, {});
  output.Commit();
}

pid_t Fork(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  int code = 99;
  try {
    code = body();
  } catch (const Error& error) {
    std::fprintf(stderr, "in the child: %s\n", error.what());
    code = static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "in the child: %s\n", error.what());
  }
  _exit(code);
}

int WaitFor(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

namespace {

// System calls that touch no file. An allocator makes as many of them as it likes, so they are no
// steps: two runs of the same save have the same steps.
bool IsOfMemory(uint64_t call) {
  switch (call) {
    case SYS_brk:
    case SYS_mmap:
    case SYS_munmap:
    case SYS_mremap:
    case SYS_mprotect:
    case SYS_madvise:
    case SYS_futex:
    case SYS_sched_yield:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool KillAtStep(const std::function<int()>& body, int step) {
  const pid_t child = Fork([&] {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) return 98;
    raise(SIGSTOP);
    return body();
  });
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status)) throw std::runtime_error("the child cannot be traced");
  ptrace(PTRACE_SETOPTIONS, child, nullptr, reinterpret_cast<void*>(PTRACE_O_TRACESYSGOOD));
  bool of_memory = false;
  for (int i = 0; i < step;) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      if (WEXITSTATUS(status) != 0) throw std::runtime_error("the child failed");
      return false;
    }
    // A call stops twice, before and after; only the first says which it is.
    __ptrace_syscall_info info = {};
    ptrace(PTRACE_GET_SYSCALL_INFO, child, reinterpret_cast<void*>(sizeof info), &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) of_memory = IsOfMemory(info.entry.nr);
    if (!of_memory) ++i;
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return true;
}

}  // namespace tidewright
