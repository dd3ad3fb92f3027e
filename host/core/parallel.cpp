#include "host/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace tidewright {
namespace {

std::atomic<int> configured_threads{0};

// A loop inside a loop runs on the thread it is met on.
thread_local bool inside_a_loop = false;

class InsideALoop {
 public:
  InsideALoop() { inside_a_loop = true; }
  ~InsideALoop() { inside_a_loop = false; }
};

}  // namespace

void SetNumThreads(int threads) { configured_threads = std::max(threads, 0); }

int NumThreads() {
  const int threads = configured_threads;
  return threads > 0 ? threads : std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

void ParallelBlocks(int64_t blocks, const std::function<void(int64_t, int)>& body) {
  if (blocks <= 0) return;
  const int threads = static_cast<int>(std::min<int64_t>(NumThreads(), blocks));
  if (threads == 1 || inside_a_loop) {
    for (int64_t block = 0; block < blocks; ++block) body(block, 0);
    return;
  }
  std::atomic<int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&](int thread) {
    const InsideALoop inside;
    for (int64_t block = next++; block < blocks; block = next++) {
      try {
        body(block, thread);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = blocks;
      }
    }
  };
  // Threads of this loop alone: loops here take milliseconds and more, starting a thread some 20
  // microseconds. A pool that spins between loops takes the cores from other processes, and none
  // survives a fork.
  std::vector<std::thread> others;
  others.reserve(static_cast<size_t>(threads) - 1);
  try {
    for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
  } catch (const std::system_error&) {
    // No more threads to be had: those that run share the blocks.
  }
  work(0);
  for (std::thread& other : others) other.join();
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
