#ifndef TIDEWRIGHT_CUDA_BGNBD_BGNBD_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_BGNBD_BGNBD_KERNELS_CUH_

#include "cuda/bgnbd/bgnbd_problem.h"
#include "cuda/core/primitives.cuh"

namespace tidewright {

__device__ inline void AddBgnbdSums(const BgnbdSums& from, BgnbdSums* to) {
  to->log_likelihood += from.log_likelihood;
  to->by_r += from.by_r;
  to->by_log_alpha += from.by_log_alpha;
  to->by_a += from.by_a;
  to->by_b += from.by_b;
}

// A block sums a range of the cells: its threads take them in turn, then a tree over threads. The
// order is fixed, so the same problem gives the same bits.
__global__ void __launch_bounds__(kBgnbdThreads) BgnbdPartKernel(const BgnbdProblem problem) {
  auto* shared = reinterpret_cast<BgnbdSums*>(DynamicShared());
  const int thread = static_cast<int>(threadIdx.x);
  const int64_t part = blockIdx.x;
  const int64_t end = problem.cells * (part + 1) / problem.parts;
  BgnbdSums sums;
  for (int64_t cell = problem.cells * part / problem.parts + thread; cell < end;
       cell += kBgnbdThreads) {
    AddBgnbdCustomers(problem.parameters, problem.log_alpha, problem.terms[problem.place[cell]],
                      problem.recency[cell], problem.age[cell], problem.customers[cell], &sums);
  }
  shared[thread] = sums;
  for (int half = kBgnbdThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) AddBgnbdSums(shared[thread + half], &shared[thread]);
  }
  if (thread == 0) problem.part_sums[part] = shared[0];
}

// The parts in their order. One warp, of which one thread works.
__global__ void BgnbdTotalKernel(const BgnbdProblem problem) {
  if (threadIdx.x != 0) return;
  BgnbdSums sums;
  for (int64_t part = 0; part < problem.parts; ++part) {
    AddBgnbdSums(problem.part_sums[part], &sums);
  }
  *problem.sums = sums;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_BGNBD_BGNBD_KERNELS_CUH_
