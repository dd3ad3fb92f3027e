#ifndef TIDEWRIGHT_CUDA_TOPK_TOP_K_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_TOPK_TOP_K_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/topk/score_rows.h"
#include "host/linalg/candidate_key.h"

namespace tidewright {

// One block of kTopKThreads a query; scores[query x items], masked ones become -infinity.

// What relevant items score, before anything is masked.
__global__ void SaveRelevantKernel(ScoreRows rows, float* saved) {
  const int64_t query = rows.first_query + blockIdx.x;
  const float* scores = rows.scores + blockIdx.x * rows.items;
  for (int64_t e = rows.relevant_offsets[query] + threadIdx.x; e < rows.relevant_offsets[query + 1];
       e += kTopKThreads) {
    saved[e] = scores[rows.relevant_ids[e]];
  }
}

__global__ void MaskKernel(ScoreRows rows) {
  const int64_t query = rows.first_query + blockIdx.x;
  float* scores = rows.scores + blockIdx.x * rows.items;
  if (rows.masked_offsets != nullptr) {
    for (int64_t e = rows.masked_offsets[query] + threadIdx.x; e < rows.masked_offsets[query + 1];
         e += kTopKThreads) {
      scores[rows.masked_ids[e]] = kMaskedScore;
    }
  }
  if (rows.denied != nullptr) {
    for (int64_t item = threadIdx.x; item < rows.items; item += kTopKThreads) {
      if (rows.denied[item] != 0) scores[item] = kMaskedScore;
    }
  }
}

// The k best of each row, best first: a radix selection finds the k-th smallest key, eight bits at
// a time, the keys up to it are collected and sorted. Counts are of integers and keys are distinct,
// so the order in which threads come changes nothing.
__global__ void SelectTopKKernel(ScoreRows rows, int k, int32_t* ids, float* best) {
  __shared__ int histogram[256];
  __shared__ int digit;
  __shared__ int wanted;
  __shared__ int found;
  __shared__ uint64_t keys[kMaxTopK];
  const int thread = static_cast<int>(threadIdx.x);
  const float* scores = rows.scores + blockIdx.x * rows.items;
  if (thread == 0) {
    wanted = k;
    found = 0;
  }
  uint64_t prefix = 0;
  uint64_t fixed = 0;  // the bits of `prefix` that are known
  uint64_t limit = UINT64_MAX;
  for (int shift = 56; shift >= 0; shift -= 8) {
    for (int i = thread; i < 256; i += kTopKThreads) histogram[i] = 0;
    __syncthreads();
    for (int64_t item = thread; item < rows.items; item += kTopKThreads) {
      if (scores[item] == kMaskedScore) continue;
      const uint64_t key = CandidateKey(scores[item], static_cast<int32_t>(item));
      if ((key & fixed) == prefix) atomicAdd(&histogram[(key >> shift) & 255], 1);
    }
    __syncthreads();
    if (thread == 0) {
      // The bucket that the wanted key lies in; 256 where fewer candidates are left than wanted.
      digit = 0;
      while (digit < 256 && histogram[digit] < wanted) wanted -= histogram[digit++];
    }
    __syncthreads();
    if (digit == 256) break;
    prefix |= static_cast<uint64_t>(digit) << shift;
    fixed |= uint64_t{255} << shift;
    limit = prefix | ~fixed;
    // The whole bucket is wanted: its keys need not be told apart.
    if (histogram[digit] == wanted) break;
    __syncthreads();
  }

  int sorted = 1;
  while (sorted < k) sorted *= 2;
  for (int i = thread; i < sorted; i += kTopKThreads) keys[i] = UINT64_MAX;
  __syncthreads();
  for (int64_t item = thread; item < rows.items; item += kTopKThreads) {
    if (scores[item] == kMaskedScore) continue;
    const uint64_t key = CandidateKey(scores[item], static_cast<int32_t>(item));
    if (key <= limit) keys[atomicAdd(&found, 1)] = key;
  }
  // Bitonic sort.
  for (int width = 2; width <= sorted; width *= 2) {
    for (int distance = width / 2; distance > 0; distance /= 2) {
      __syncthreads();
      for (int i = thread; i < sorted; i += kTopKThreads) {
        const int other = i ^ distance;
        if (other < i) continue;
        const bool rising = (i & width) == 0;
        if ((keys[i] > keys[other]) == rising) {
          const uint64_t swap = keys[i];
          keys[i] = keys[other];
          keys[other] = swap;
        }
      }
    }
  }
  __syncthreads();
  for (int rank = thread; rank < k; rank += kTopKThreads) {
    const bool left = rank < found;
    const int64_t at = static_cast<int64_t>(blockIdx.x) * k + rank;
    ids[at] = left ? CandidateItem(keys[rank]) : -1;
    best[at] = left ? CandidateScore(keys[rank]) : kMaskedScore;
  }
}

// For each relevant item the candidates, relevant ones set aside, that score above it and the same.
// After the selection: it masks the relevant items for good.
__global__ void CountAboveKernel(ScoreRows rows, const float* saved, int64_t* higher,
                                 int64_t* equal) {
  __shared__ int64_t partial_higher[kTopKThreads];
  __shared__ int64_t partial_equal[kTopKThreads];
  const int thread = static_cast<int>(threadIdx.x);
  const int64_t query = rows.first_query + blockIdx.x;
  float* scores = rows.scores + blockIdx.x * rows.items;
  const int64_t begin = rows.relevant_offsets[query];
  const int64_t end = rows.relevant_offsets[query + 1];
  for (int64_t e = begin + thread; e < end; e += kTopKThreads) {
    scores[rows.relevant_ids[e]] = kMaskedScore;
  }
  __syncthreads();
  for (int64_t e = begin; e < end; ++e) {
    int64_t above = 0;
    int64_t level = 0;
    for (int64_t item = thread; item < rows.items; item += kTopKThreads) {
      above += scores[item] > saved[e] ? 1 : 0;
      level += scores[item] == saved[e] ? 1 : 0;
    }
    partial_higher[thread] = above;
    partial_equal[thread] = level;
    for (int half = kTopKThreads / 2; half > 0; half /= 2) {
      __syncthreads();
      if (thread < half) {
        partial_higher[thread] += partial_higher[thread + half];
        partial_equal[thread] += partial_equal[thread + half];
      }
    }
    if (thread == 0) {
      higher[e] = partial_higher[0];
      equal[e] = partial_equal[0];
    }
    __syncthreads();
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_TOPK_TOP_K_KERNELS_CUH_
