#ifndef TIDEWRIGHT_HOST_CORE_PARALLEL_H_
#define TIDEWRIGHT_HOST_CORE_PARALLEL_H_

#include <cstdint>
#include <functional>

namespace tidewright {

// Threads used by every parallel loop of the library. 0 restores the default: the cores this
// process may run on.
void SetNumThreads(int threads);
int NumThreads();

// Calls body(block, thread) once for every block in [0, blocks); thread is in [0, NumThreads()).
// Which thread gets a block is not defined: a result must depend on the block alone, and what is
// summed over blocks is summed in their order afterwards. That is how results stay the same for any
// number of threads. The first exception is rethrown when all threads have stopped; blocks not yet
// begun are then left out.
void ParallelBlocks(int64_t blocks, const std::function<void(int64_t block, int thread)>& body);

// The same over [0, count) cut into ranges of `grain`: body(begin, end, thread).
void ParallelRanges(int64_t count, int64_t grain,
                    const std::function<void(int64_t begin, int64_t end, int thread)>& body);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_PARALLEL_H_
