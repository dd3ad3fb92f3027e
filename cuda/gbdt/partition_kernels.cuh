#ifndef TIDEWRIGHT_CUDA_GBDT_PARTITION_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_GBDT_PARTITION_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/gbdt/gbdt_problem.h"

namespace tidewright {

// The rows of several nodes are parted at a time, each node's in parts of kPartitionRows: how many
// of a part go left, where each part's rows go, the rows put there, and back into the order.

// How much the threads before this one have; `total` gets what all have. One barrier may follow
// another call only after all threads have read both.
__device__ inline int64_t BlockSumBefore(int64_t value, int64_t* shared, int64_t* total) {
  const int thread = static_cast<int>(threadIdx.x);
  shared[thread] = value;
  for (int distance = 1; distance < kGbdtThreads; distance *= 2) {
    __syncthreads();
    const int64_t more = thread >= distance ? shared[thread - distance] : 0;
    __syncthreads();
    shared[thread] += more;
  }
  __syncthreads();
  *total = shared[kGbdtThreads - 1];
  return shared[thread] - value;
}

// A thread's rows of a part, a bit each: which go left.
struct SideOfRows {
  uint32_t lefts = 0;
  int count = 0;
};

__device__ inline SideOfRows SidesOf(const GbdtRows& rows, const PartitionMove& move,
                                     const PartitionPart& part) {
  SideOfRows sides;
  const int64_t first = static_cast<int64_t>(threadIdx.x) * kRowsPerThread;
  const uint8_t* column = rows.by_column + move.column * rows.rows;
  for (int64_t i = first; i < first + kRowsPerThread && i < part.count; ++i) {
    const int bin = column[rows.order[part.begin + i]];
    const uint32_t left = static_cast<uint32_t>((move.bins_left[bin / 64] >> (bin % 64)) & 1);
    sides.lefts |= left << (i - first);
    sides.count += static_cast<int>(left);
  }
  return sides;
}

__global__ void __launch_bounds__(kGbdtThreads)
    GbdtCountLeftsKernel(const GbdtRows rows, const PartitionProblem problem) {
  __shared__ int64_t shared[kGbdtThreads];
  const PartitionPart part = problem.parts[blockIdx.x];
  const PartitionMove& move = problem.moves[part.move];
  const SideOfRows sides = SidesOf(rows, move, part);
  int64_t total = 0;
  BlockSumBefore(sides.count, shared, &total);
  if (threadIdx.x == 0) problem.part_lefts[blockIdx.x] = total;
}

// A block a move: its parts' counts become those of the parts before them.
__global__ void __launch_bounds__(kGbdtThreads)
    GbdtPlacePartsKernel(const PartitionProblem problem) {
  __shared__ int64_t shared[kGbdtThreads];
  const PartitionMove move = problem.moves[blockIdx.x];
  int64_t before = 0;
  for (int64_t first = 0; first < move.parts; first += kGbdtThreads) {
    const int64_t part = first + threadIdx.x;
    int64_t* lefts = problem.part_lefts + move.first_part + part;
    int64_t total = 0;
    const int64_t here = BlockSumBefore(part < move.parts ? *lefts : 0, shared, &total);
    if (part < move.parts) *lefts = before + here;
    before += total;
    __syncthreads();
  }
  if (threadIdx.x == 0) problem.left_counts[blockIdx.x] = before;
}

__global__ void __launch_bounds__(kGbdtThreads)
    GbdtMoveRowsKernel(const GbdtRows rows, const PartitionProblem problem) {
  __shared__ int64_t shared[kGbdtThreads];
  const PartitionPart part = problem.parts[blockIdx.x];
  const PartitionMove& move = problem.moves[part.move];
  const SideOfRows sides = SidesOf(rows, move, part);
  int64_t total = 0;
  const int64_t lefts_before = BlockSumBefore(sides.count, shared, &total);
  const int64_t first = static_cast<int64_t>(threadIdx.x) * kRowsPerThread;
  int64_t left = move.begin + problem.part_lefts[blockIdx.x] + lefts_before;
  int64_t right = move.begin + problem.left_counts[part.move] + (part.begin - move.begin) -
                  problem.part_lefts[blockIdx.x] + (first - lefts_before);
  for (int64_t i = first; i < first + kRowsPerThread && i < part.count; ++i) {
    const bool goes_left = ((sides.lefts >> (i - first)) & 1U) != 0;
    rows.moved[goes_left ? left++ : right++] = rows.order[part.begin + i];
  }
}

__global__ void GbdtPutBackKernel(const GbdtRows rows, const PartitionProblem problem) {
  const PartitionPart part = problem.parts[blockIdx.x];
  for (int64_t i = threadIdx.x; i < part.count; i += blockDim.x) {
    rows.order[part.begin + i] = rows.moved[part.begin + i];
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_PARTITION_KERNELS_CUH_
