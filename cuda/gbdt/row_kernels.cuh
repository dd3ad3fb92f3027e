#ifndef TIDEWRIGHT_CUDA_GBDT_ROW_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_GBDT_ROW_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/gbdt/gbdt_problem.h"

namespace tidewright {

// One block for each kSummaryRows rows. Sums are in the order of SummariseKernel on the host: eight
// of them, of every eighth row.
__global__ void __launch_bounds__(kGbdtThreads)
    GbdtSummaryKernel(const GbdtRows rows, BlockSummary* blocks) {
  constexpr int kLanes = 8;
  __shared__ float loss[kSummaryRows];
  __shared__ float largest_g[kGbdtThreads];
  __shared__ float largest_h[kGbdtThreads];
  __shared__ double losses[kLanes];
  __shared__ double weights[kLanes];
  const int thread = static_cast<int>(threadIdx.x);
  const int64_t begin = static_cast<int64_t>(blockIdx.x) * kSummaryRows;
  const int64_t left = rows.rows - begin;
  const int64_t count = left < kSummaryRows ? left : kSummaryRows;
  float most_g = 0;
  float most_h = 0;
  for (int64_t i = thread; i < count; i += kGbdtThreads) {
    const float margin = rows.margin[begin + i];
    const float label = rows.label[begin + i];
    const float weight = rows.weight == nullptr ? 1.0f : rows.weight[begin + i];
    const RowGradient row = GradientOf(margin, label);
    const float g = (row.gradient < 0 ? -row.gradient : row.gradient) * weight;
    const float h = row.hessian * weight;
    most_g = g > most_g ? g : most_g;
    most_h = h > most_h ? h : most_h;
    loss[i] = LogLossOf(margin, label) * weight;
  }
  largest_g[thread] = most_g;
  largest_h[thread] = most_h;
  for (int half = kGbdtThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread >= half) continue;
    const float g = largest_g[thread + half];
    const float h = largest_h[thread + half];
    if (g > largest_g[thread]) largest_g[thread] = g;
    if (h > largest_h[thread]) largest_h[thread] = h;
  }
  if (thread < kLanes) {
    double sum = 0;
    double weight = 0;
    for (int64_t i = thread; i < count; i += kLanes) {
      sum += static_cast<double>(loss[i]);
      weight += rows.weight == nullptr ? 1.0 : static_cast<double>(rows.weight[begin + i]);
    }
    losses[thread] = sum;
    weights[thread] = weight;
  }
  __syncthreads();
  if (thread != 0) return;
  BlockSummary summary;
  for (int lane = 0; lane < kLanes; ++lane) {
    summary.loss += losses[lane];
    summary.weight += weights[lane];
  }
  summary.largest_gradient = largest_g[0];
  summary.largest_hessian = largest_h[0];
  blocks[blockIdx.x] = summary;
}

// A thread a row.
__global__ void GbdtQuantiseKernel(const GbdtRows rows, Quantum quantum, uint32_t key) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row >= rows.rows) return;
  const float weight = rows.weight == nullptr ? 1.0f : rows.weight[row];
  rows.pairs[row] = QuantisedPair(GradientOf(rows.margin[row], rows.label[row]), weight, quantum,
                                  MixedBits(static_cast<uint32_t>(row) ^ key));
}

// Every row, in the table's order.
__global__ void GbdtOrderKernel(const GbdtRows rows) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row < rows.rows) rows.order[row] = static_cast<uint32_t>(row);
}

// sums[0], sums[1] += gradients, hessians of the first `count` rows of the order.
__global__ void __launch_bounds__(kGbdtThreads)
    GbdtSumKernel(const GbdtRows rows, int64_t count, unsigned long long* sums) {
  __shared__ int64_t g_sums[kGbdtThreads];
  __shared__ int64_t h_sums[kGbdtThreads];
  const int thread = static_cast<int>(threadIdx.x);
  int64_t g = 0;
  int64_t h = 0;
  const int64_t step = static_cast<int64_t>(gridDim.x) * kGbdtThreads;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * kGbdtThreads + thread; i < count; i += step) {
    const int64_t word = PackedWord(rows.pairs[rows.order[i]]);
    g += PackedGradient(word);
    h += PackedHessian(word);
  }
  g_sums[thread] = g;
  h_sums[thread] = h;
  for (int half = kGbdtThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread >= half) continue;
    g_sums[thread] += g_sums[thread + half];
    h_sums[thread] += h_sums[thread + half];
  }
  if (thread != 0) return;
  atomicAdd(&sums[0], static_cast<unsigned long long>(g_sums[0]));
  atomicAdd(&sums[1], static_cast<unsigned long long>(h_sums[0]));
}

// A block a part.
__global__ void GbdtMarginKernel(const GbdtRows rows, const MarginPart* parts) {
  const MarginPart part = parts[blockIdx.x];
  for (int64_t i = threadIdx.x; i < part.count; i += blockDim.x) {
    rows.margin[rows.order[part.begin + i]] += part.value;
  }
}

// A thread a row.
__global__ void GbdtTreeKernel(const uint8_t* by_row, int64_t stride, int64_t count,
                               const BinnedNode* tree, float* margin) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row < count) margin[row] += BinnedTreeValue(tree, by_row + row * stride);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_ROW_KERNELS_CUH_
