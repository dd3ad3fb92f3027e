#include "host/core/parallel.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

namespace tidewright {
namespace {

std::atomic<int> configured_threads{0};

}  // namespace

void SetNumThreads(int threads) { configured_threads = std::max(threads, 0); }

int NumThreads() {
  const int threads = configured_threads;
  return threads > 0 ? threads : std::max(omp_get_num_procs(), 1);
}

void ParallelBlocks(int64_t blocks, const std::function<void(int64_t, int)>& body) {
  if (blocks <= 0) return;
  const int threads = static_cast<int>(std::min<int64_t>(NumThreads(), blocks));
  if (threads == 1) {
    for (int64_t block = 0; block < blocks; ++block) body(block, 0);
    return;
  }
  std::atomic<int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
#pragma omp parallel num_threads(threads)
  {
    const int thread = omp_get_thread_num();
    for (int64_t block = next++; block < blocks; block = next++) {
      try {
        body(block, thread);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = blocks;
      }
    }
  }
  if (failure) std::rethrow_exception(failure);
}

void ParallelRanges(int64_t count, int64_t grain,
                    const std::function<void(int64_t, int64_t, int)>& body) {
  const int64_t blocks = (count + grain - 1) / grain;
  ParallelBlocks(blocks, [&](int64_t block, int thread) {
    body(block * grain, std::min(count, (block + 1) * grain), thread);
  });
}

}  // namespace tidewright
