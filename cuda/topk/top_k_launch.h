#ifndef TIDEWRIGHT_CUDA_TOPK_TOP_K_LAUNCH_H_
#define TIDEWRIGHT_CUDA_TOPK_TOP_K_LAUNCH_H_

#include <cstdint>

#include "cuda/core/device_context.h"
#include "cuda/topk/score_rows.h"

namespace tidewright {

// What becomes of a batch's scores; the device's pointers.
struct RankedRows {
  int32_t* ids = nullptr;   // the k best of each row
  float* scores = nullptr;  // of these
  // Of each entry of the request's `relevant`; null where nothing is counted.
  float* saved = nullptr;
  int64_t* higher = nullptr;
  int64_t* equal = nullptr;
};

// Enqueues the kernels of top_k_kernels.cuh for `count` rows of scores.
void LaunchRank(const DeviceContext& context, const ScoreRows& rows, int64_t count, int k,
                const RankedRows& ranked);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_TOPK_TOP_K_LAUNCH_H_
