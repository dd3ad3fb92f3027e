// Included once for every instruction set by row_pass.cpp (Highway's foreach_target): no include
// guard on purpose. Plain loops, which the compiler turns into each set's vectors.
#include <hwy/highway.h>

#include <cstdint>
#include <cstring>

#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/row_pass.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

// At most kSummaryRows rows from `begin` on.
BlockSummary SummariseKernel(const TrainingRows& rows, int64_t begin, int64_t count) {
  constexpr int64_t kTogether = 512;
  constexpr int kLanes = 8;
  HWY_ALIGN float loss[kTogether];
  HWY_ALIGN float weight[kTogether];
  HWY_ALIGN float gradient[kTogether];
  HWY_ALIGN float hessian[kTogether];
  double losses[kLanes] = {};
  double weights[kLanes] = {};
  float largest_gradient[kLanes] = {};
  float largest_hessian[kLanes] = {};
  for (int64_t first = 0; first < count; first += kTogether) {
    const int64_t here = HWY_MIN(kTogether, count - first);
    const float* margin = rows.margin + begin + first;
    const float* label = rows.label + begin + first;
    for (int64_t i = 0; i < kTogether; ++i) weight[i] = i < here ? 1.0f : 0.0f;
    if (rows.weight != nullptr) {
      memcpy(weight, rows.weight + begin + first, static_cast<size_t>(here) * sizeof(float));
    }
    for (int64_t i = here; i < kTogether; ++i) loss[i] = gradient[i] = hessian[i] = 0;
    for (int64_t i = 0; i < here; ++i) {
      const RowGradient row = GradientOf(margin[i], label[i]);
      gradient[i] = (row.gradient < 0 ? -row.gradient : row.gradient) * weight[i];
      hessian[i] = row.hessian * weight[i];
    }
    for (int64_t i = 0; i < here; ++i) loss[i] = LogLossOf(margin[i], label[i]) * weight[i];
    for (int64_t i = 0; i < kTogether; i += kLanes) {
      for (int lane = 0; lane < kLanes; ++lane) {
        losses[lane] += static_cast<double>(loss[i + lane]);
      }
      for (int lane = 0; lane < kLanes; ++lane) {
        weights[lane] += static_cast<double>(weight[i + lane]);
      }
      for (int lane = 0; lane < kLanes; ++lane) {
        const float g = gradient[i + lane];
        largest_gradient[lane] = g > largest_gradient[lane] ? g : largest_gradient[lane];
      }
      for (int lane = 0; lane < kLanes; ++lane) {
        const float h = hessian[i + lane];
        largest_hessian[lane] = h > largest_hessian[lane] ? h : largest_hessian[lane];
      }
    }
  }
  BlockSummary summary;
  for (int lane = 0; lane < kLanes; ++lane) {
    summary.loss += losses[lane];
    summary.weight += weights[lane];
    summary.largest_gradient = HWY_MAX(summary.largest_gradient, largest_gradient[lane]);
    summary.largest_hessian = HWY_MAX(summary.largest_hessian, largest_hessian[lane]);
  }
  return summary;
}

void QuantiseKernel(const TrainingRows& rows, const Quantum& quantum, uint32_t key, int64_t begin,
                    int64_t end, uint32_t* pairs) {
  const Quantum q = quantum;
  if (rows.weight == nullptr) {
    for (int64_t i = begin; i < end; ++i) {
      pairs[i] = QuantisedPair(GradientOf(rows.margin[i], rows.label[i]), 1.0f, q,
                               MixedBits(static_cast<uint32_t>(i) ^ key));
    }
    return;
  }
  for (int64_t i = begin; i < end; ++i) {
    pairs[i] = QuantisedPair(GradientOf(rows.margin[i], rows.label[i]), rows.weight[i], q,
                             MixedBits(static_cast<uint32_t>(i) ^ key));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
