#ifndef TIDEWRIGHT_CUDA_GBDT_HISTOGRAM_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_GBDT_HISTOGRAM_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/gbdt/gbdt_problem.h"

namespace tidewright {

// Blocks: groups of kGroupColumns columns x parts. A group's sums lie in shared memory as 32-bit
// integers (kPackedRows rows do not overflow them) and go to the node's 64-bit ones at the end.
// Threads side by side take the columns of a row: one load, and no two of them meet in a histogram.
__global__ void __launch_bounds__(kGbdtThreads)
    GbdtHistogramKernel(const GbdtRows rows, int64_t columns, const HistogramPart* parts) {
  const HistogramPart part = parts[blockIdx.y];
  const int64_t first = static_cast<int64_t>(blockIdx.x) * kGroupColumns;
  const int64_t left = columns - first;
  const int width = static_cast<int>(left < kGroupColumns ? left : kGroupColumns);
  int* gradients = reinterpret_cast<int*>(DynamicShared());
  unsigned* hessians = reinterpret_cast<unsigned*>(gradients + kGroupColumns * kMaxBins);
  const int thread = static_cast<int>(threadIdx.x);
  for (int i = thread; i < width * static_cast<int>(kMaxBins); i += kGbdtThreads) {
    gradients[i] = 0;
    hessians[i] = 0;
  }
  __syncthreads();
  const int rows_together = kGbdtThreads / width;
  const int column = thread % width;
  if (thread < rows_together * width) {
    const uint8_t* bins = rows.by_row + first + column;
    const int base = column * static_cast<int>(kMaxBins);
    for (int64_t i = thread / width; i < part.count; i += rows_together) {
      const int64_t row = rows.order[part.begin + i];
      const int64_t word = PackedWord(rows.pairs[row]);
      const int at = base + bins[row * rows.stride];
      atomicAdd(&gradients[at], static_cast<int>(PackedGradient(word)));
      atomicAdd(&hessians[at], static_cast<unsigned>(PackedHessian(word)));
    }
  }
  __syncthreads();
  for (int i = thread; i < width * static_cast<int>(kMaxBins); i += kGbdtThreads) {
    const int64_t bin = i % kMaxBins;
    unsigned long long* sums = part.histogram + (first + i / kMaxBins) * kHistogramWords;
    if (gradients[i] != 0) {
      atomicAdd(&sums[bin], static_cast<unsigned long long>(static_cast<int64_t>(gradients[i])));
    }
    if (hessians[i] != 0) {
      atomicAdd(&sums[kMaxBins + bin], static_cast<unsigned long long>(hessians[i]));
    }
  }
}

// Blocks: columns x differences.
__global__ void GbdtSubtractKernel(const HistogramDifference* differences) {
  const HistogramDifference difference = differences[blockIdx.y];
  const int64_t first = static_cast<int64_t>(blockIdx.x) * kHistogramWords;
  for (int64_t i = threadIdx.x; i < kHistogramWords; i += blockDim.x) {
    difference.parent[first + i] -= difference.part[first + i];
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_HISTOGRAM_KERNELS_CUH_
