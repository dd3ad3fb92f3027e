#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_PREDICT_CUH_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_PREDICT_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/ials/cg_gather.cuh"
#include "cuda/ials/ialspp_problem.h"

namespace tidewright {

// predictions[e] (kMore: +)= <v, h_e> over `columns` columns from `fixed` on, a multiple of 32. v
// is shared memory. The warps of the block take four entries at a time.
template <bool kMore, class Element>
__device__ inline void Predict(const IalsppProblem& problem, const EntryRange& range,
                               const void* fixed, int columns, const float* v) {
  constexpr int kEntries = 4;
  const int lane = LaneId();
  for (int64_t at = range.begin + kEntries * WarpId(); at < range.end;
       at += int64_t{kEntries} * WarpCount()) {
    float sums[kEntries];
    const Element* rows[kEntries];
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      sums[e] = 0.0f;
      const int64_t id = problem.rows.ids[at + e < range.end ? at + e : at];
      rows[e] = static_cast<const Element*>(fixed) + id * problem.width;
    }
    for (int i = 4 * lane; i < columns; i += 4 * kWarpSize) {
      const float4 four = *reinterpret_cast<const float4*>(v + i);
      TIDEWRIGHT_UNROLL
      for (int e = 0; e < kEntries; ++e) sums[e] += Dot(LoadFour(rows[e] + i, true), four);
    }
    TIDEWRIGHT_UNROLL
    for (int e = 0; e < kEntries; ++e) {
      const float sum = WarpSum(sums[e]);
      if (lane == e && at + e < range.end) {
        problem.predictions[at + e] = kMore ? problem.predictions[at + e] + sum : sum;
      }
    }
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_PREDICT_CUH_
