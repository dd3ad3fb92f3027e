#ifndef TIDEWRIGHT_CUDA_GBDT_SPLIT_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_GBDT_SPLIT_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/gbdt/gbdt_problem.h"

namespace tidewright {

// One column of a node in shared memory, a thread a bin: the sums of place i, whose bin is
// bin_at[i] (places are bins for numbers, else the categories' order).
struct SharedColumn {
  int64_t g[kMaxBins];
  int64_t h[kMaxBins];
  double ratio[kMaxBins];
  int32_t bin_at[kMaxBins];
  int32_t unseen[kMaxBins];  // by bin
  double score[kMaxBins];
  int32_t code[kMaxBins];
  uint32_t bits[kMaxBins / 32];
  int seen;
};

__device__ inline bool ComesFirst(const SharedColumn& column, int a, int b) {
  if (column.unseen[a] != column.unseen[b]) return column.unseen[a] < column.unseen[b];
  if (column.ratio[a] != column.ratio[b]) return column.ratio[a] < column.ratio[b];
  return a < b;
}

// Bins by (seen, ratio, bin): a bitonic sort.
__device__ inline void SortBins(SharedColumn* column) {
  const int thread = static_cast<int>(threadIdx.x);
  for (int width = 2; width <= kGbdtThreads; width *= 2) {
    for (int distance = width / 2; distance > 0; distance /= 2) {
      __syncthreads();
      const int other = thread ^ distance;
      if (other < thread) continue;
      const int a = column->bin_at[thread];
      const int b = column->bin_at[other];
      const bool rising = (thread & width) == 0;
      if (ComesFirst(*column, b, a) == rising) {
        column->bin_at[thread] = b;
        column->bin_at[other] = a;
      }
    }
  }
  __syncthreads();
}

__device__ inline void SumUp(SharedColumn* column) {
  const int thread = static_cast<int>(threadIdx.x);
  for (int distance = 1; distance < kGbdtThreads; distance *= 2) {
    __syncthreads();
    const bool has = thread >= distance;
    const int64_t g = has ? column->g[thread - distance] : 0;
    const int64_t h = has ? column->h[thread - distance] : 0;
    __syncthreads();
    column->g[thread] += g;
    column->h[thread] += h;
  }
  __syncthreads();
}

// Leaves the best candidate at place 0: the higher score, then missing rows on the right, then the
// earlier place. A code is the place, and kMaxBins more with the missing rows on the left.
__device__ inline void ReduceCandidates(SharedColumn* column) {
  const int thread = static_cast<int>(threadIdx.x);
  for (int half = kGbdtThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread >= half) continue;
    const double score = column->score[thread + half];
    const int32_t code = column->code[thread + half];
    if (score > column->score[thread] ||
        (score == column->score[thread] && code < column->code[thread])) {
      column->score[thread] = score;
      column->code[thread] = code;
    }
  }
  __syncthreads();
}

// Blocks: columns asked x jobs. As FindSplit on the host, up to the comparison with other columns.
__global__ void __launch_bounds__(kGbdtThreads) GbdtSearchKernel(const SearchProblem problem) {
  __shared__ SharedColumn column;
  const int thread = static_cast<int>(threadIdx.x);
  const SearchJob job = problem.jobs[blockIdx.y];
  const int32_t at = problem.asked[blockIdx.x];
  const GbdtColumn about = problem.columns[at];
  const SplitRule& rule = problem.rule;
  const unsigned long long* sums = job.histogram + at * kHistogramWords;
  const int values = about.values;
  const int64_t missing_g = static_cast<int64_t>(sums[values]);
  const int64_t missing_h = static_cast<int64_t>(sums[kMaxBins + values]);
  const bool any_missing = missing_g != 0 || missing_h != 0;
  const bool category = about.category != 0;
  const bool one_hot = category && values <= rule.one_hot_max;
  const int64_t g = thread < values ? static_cast<int64_t>(sums[thread]) : 0;
  const int64_t h = thread < values ? static_cast<int64_t>(sums[kMaxBins + thread]) : 0;
  const bool seen = thread < values && (g != 0 || h != 0);
  column.g[thread] = g;
  column.h[thread] = h;
  column.bin_at[thread] = thread;
  column.unseen[thread] = seen ? 0 : 1;
  column.ratio[thread] = 0;
  if (thread < static_cast<int>(kMaxBins / 32)) column.bits[thread] = 0;
  if (thread == 0) column.seen = 0;
  __syncthreads();

  int right_count = values - (any_missing && about.last_edge_splits != 0 ? 0 : 1);
  int left_count = any_missing ? values - 1 : 0;
  if (category) {
    if (seen && !one_hot) {
      column.ratio[thread] = CategoryRatio(rule, static_cast<double>(g), static_cast<double>(h));
    }
    if (seen) atomicAdd(&column.seen, 1);
    SortBins(&column);
    const int bin = column.bin_at[thread];
    column.g[thread] = bin < values ? static_cast<int64_t>(sums[bin]) : 0;
    column.h[thread] = bin < values ? static_cast<int64_t>(sums[kMaxBins + bin]) : 0;
    right_count = column.seen - (one_hot || any_missing ? 0 : 1);
    left_count = any_missing ? column.seen - (one_hot ? 0 : 1) : 0;
  }
  if (!one_hot) SumUp(&column);

  const ScanTerms terms = TermsOf(rule, job.node, about.direction);
  double score = kNoScore;
  int32_t code = 2 * static_cast<int32_t>(kMaxBins);
  if (thread < right_count) {
    const double right =
        CandidateScore(rule, job.node, terms, static_cast<double>(column.g[thread]),
                       static_cast<double>(column.h[thread]));
    if (right > score) {
      score = right;
      code = thread;
    }
  }
  if (thread < left_count) {
    const double left =
        CandidateScore(rule, job.node, terms, static_cast<double>(column.g[thread] + missing_g),
                       static_cast<double>(column.h[thread] + missing_h));
    if (left > score) {
      score = left;
      code = thread + static_cast<int32_t>(kMaxBins);
    }
  }
  column.score[thread] = score;
  column.code[thread] = code;
  ReduceCandidates(&column);
  const double best = column.score[0];
  const int32_t best_code = column.code[0];
  ColumnCandidate* out = problem.candidates + blockIdx.y * problem.asked_count + blockIdx.x;
  if (!(best > kNoScore)) {
    if (thread == 0) *out = ColumnCandidate();
    return;
  }
  const int index = best_code % static_cast<int>(kMaxBins);
  const int64_t left_h = column.h[index];
  const bool with_missing = any_missing && best_code >= static_cast<int32_t>(kMaxBins);
  const bool missing_left =
      any_missing ? with_missing : MissingLeftByWeight(job.node, static_cast<double>(left_h));
  // The thread at a place says where its bin goes; bins that no row has go with the missing ones.
  const int bin = column.bin_at[thread];
  bool goes_left = one_hot ? thread == index : thread <= index;
  if (bin >= values) goes_left = bin == values && missing_left;
  if (category && bin < values && column.unseen[bin] != 0) goes_left = missing_left;
  if (goes_left) atomicAdd(&column.bits[bin / 32], 1U << (bin % 32));
  __syncthreads();
  if (thread != 0) return;
  ColumnCandidate found;
  found.score = best;
  found.index = index;
  found.missing_left = missing_left ? 1 : 0;
  for (int word = 0; word < 4; ++word) {
    found.bins_left[word] = static_cast<uint64_t>(column.bits[2 * word]) |
                            static_cast<uint64_t>(column.bits[2 * word + 1]) << 32;
  }
  found.left_gradient = column.g[index] + (with_missing ? missing_g : 0);
  found.left_hessian = left_h + (with_missing ? missing_h : 0);
  *out = found;
}

// A thread a job: the columns in their order.
__global__ void GbdtChooseKernel(const SearchProblem problem) {
  const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (at >= problem.job_count) return;
  NodeSplit best;
  for (int64_t c = 0; c < problem.asked_count; ++c) {
    const ColumnCandidate& candidate = problem.candidates[at * problem.asked_count + c];
    if (candidate.index < 0) continue;
    const int32_t column = problem.asked[c];
    const ScanTerms terms =
        TermsOf(problem.rule, problem.jobs[at].node, problem.columns[column].direction);
    double gain = 0;
    if (!BeatsSplit(problem.rule, terms, candidate.score, best, &gain)) continue;
    best.gain = gain;
    best.column = column;
    best.bin = candidate.index;
    best.missing_left = candidate.missing_left != 0;
    for (int word = 0; word < 4; ++word) best.bins_left[word] = candidate.bins_left[word];
    best.left_gradient = candidate.left_gradient;
    best.left_hessian = candidate.left_hessian;
  }
  problem.splits[at] = best;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_SPLIT_KERNELS_CUH_
