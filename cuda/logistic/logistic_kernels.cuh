#ifndef TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/logistic/logistic_problem.h"
#include "host/logistic/logistic_core.h"

namespace tidewright {

// The log-odds of row `row` of a table block.
__device__ inline double LogisticMargin(const LogisticProblem& problem, int64_t block,
                                        int64_t row) {
  const int64_t rows = problem.block_rows;
  double margin = problem.coefficients[problem.dense + problem.slots];
  const int32_t* slot = problem.slot + block * problem.categories * rows + row;
  for (int64_t c = 0; c < problem.categories; ++c) {
    margin += problem.coefficients[problem.dense + problem.first_slot[c] + slot[c * rows]];
  }
  const float* value = problem.values + block * problem.dense * rows + row;
  TIDEWRIGHT_UNROLL
  for (int64_t j = 0; j < problem.dense; ++j) {
    margin += problem.coefficients[j] * static_cast<double>(value[j * rows]);
  }
  return margin;
}

// A warp's columns, from `first` on: sums[k] = sum over rows of residual x value.
__device__ inline void LogisticDots(const LogisticProblem& problem, int64_t block, int64_t first,
                                    const double* residual, double (&sums)[kLogisticColumns]) {
  const int64_t rows = problem.block_rows;
  const float* value = problem.values + (block * problem.dense + first) * rows;
  const int64_t width = problem.dense - first;
  for (int64_t row = LaneId(); row < rows; row += kWarpSize) {
    const double r = residual[row];
    TIDEWRIGHT_UNROLL
    for (int k = 0; k < kLogisticColumns; ++k) {
      if (k < width) sums[k] += r * static_cast<double>(value[k * rows + row]);
    }
  }
}

// One CUDA block a part. Every sum of doubles has an order of its own that the table alone decides;
// the slots' sums are integers, whose order does not matter.
__global__ void __launch_bounds__(kLogisticThreads)
    LogisticPartKernel(const LogisticProblem problem) {
  double* residual = reinterpret_cast<double*>(DynamicShared());
  double* thread_loss = residual + problem.block_rows;
  double* thread_residual = thread_loss + kLogisticThreads;
  auto* shared_slots = reinterpret_cast<unsigned long long*>(thread_residual + kLogisticThreads);
  const int thread = static_cast<int>(threadIdx.x);
  const int64_t part = blockIdx.x;
  const bool share = problem.SharedSlots();
  unsigned long long* slot_sums = share ? shared_slots : problem.slot_residuals;
  double* part_sums = problem.part_sums + part * (problem.dense + 2);
  if (share) {
    for (int64_t s = thread; s < problem.slots; s += kLogisticThreads) shared_slots[s] = 0;
  }
  for (int64_t j = thread; j < problem.dense; j += kLogisticThreads) part_sums[j] = 0;

  double loss = 0;
  double residuals = 0;
  const int64_t end = problem.blocks * (part + 1) / problem.parts;
  for (int64_t block = problem.blocks * part / problem.parts; block < end; ++block) {
    for (int64_t row = thread; row < problem.block_rows; row += kLogisticThreads) {
      const int64_t at = block * problem.block_rows + row;
      const double weight = problem.weight[at];
      const LogisticPart sum =
          LogisticOf(LogisticMargin(problem, block, row), problem.sign[at] > 0);
      residual[row] = weight * sum.residual;
      loss += weight * sum.loss;
      residuals += residual[row];
    }
    __syncthreads();
    for (int64_t first = kLogisticColumns * WarpId(); first < problem.dense;
         first += kLogisticColumns * kLogisticWarps) {
      double sums[kLogisticColumns] = {};
      LogisticDots(problem, block, first, residual, sums);
      TIDEWRIGHT_UNROLL
      for (int k = 0; k < kLogisticColumns; ++k) {
        const double sum = WarpSum(sums[k]);
        if (LaneId() == 0 && first + k < problem.dense) part_sums[first + k] += sum;
      }
    }
    for (int64_t c = WarpId(); c < problem.categories; c += kLogisticWarps) {
      const int32_t* slot = problem.slot + (block * problem.categories + c) * problem.block_rows;
      for (int64_t row = LaneId(); row < problem.block_rows; row += kWarpSize) {
        atomicAdd(&slot_sums[problem.first_slot[c] + slot[row]],
                  static_cast<unsigned long long>(ToFixed(residual[row])));
      }
    }
    __syncthreads();
  }

  thread_loss[thread] = loss;
  thread_residual[thread] = residuals;
  for (int half = kLogisticThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) {
      thread_loss[thread] += thread_loss[thread + half];
      thread_residual[thread] += thread_residual[thread + half];
    }
  }
  if (thread == 0) {
    part_sums[problem.dense] = thread_loss[0];
    part_sums[problem.dense + 1] = thread_residual[0];
  }
  if (share) {
    for (int64_t s = thread; s < problem.slots; s += kLogisticThreads) {
      if (shared_slots[s] != 0) atomicAdd(&problem.slot_residuals[s], shared_slots[s]);
    }
  }
}

// The parts' sums added in their order. One thread a sum.
__global__ void LogisticTotalKernel(const LogisticProblem problem) {
  const int64_t count = problem.dense + 2;
  const int64_t j = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (j >= count) return;
  double sum = 0;
  for (int64_t part = 0; part < problem.parts; ++part) sum += problem.part_sums[part * count + j];
  problem.sums[j] = sum;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_KERNELS_CUH_
