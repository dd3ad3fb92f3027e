#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/gbdt/row_kernels-inl.h"
#include "host/gbdt/row_pass.h"

#include <hwy/foreach_target.h>

#include <algorithm>
#include <vector>

#include "host/core/parallel.h"
#include "host/gbdt/row_kernels-inl.h"

namespace tidewright {

HWY_EXPORT(SummariseKernel);
HWY_EXPORT(QuantiseKernel);

namespace {

constexpr int64_t kBlocksTogether = 8;  // that a task takes

}  // namespace

RowSummary SummariseRows(const TrainingRows& rows) {
  std::vector<BlockSummary> blocks(
      static_cast<size_t>((rows.rows + kSummaryRows - 1) / kSummaryRows));
  ParallelRanges(rows.rows, kBlocksTogether * kSummaryRows, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row += kSummaryRows) {
      blocks[row / kSummaryRows] =
          HWY_DYNAMIC_DISPATCH(SummariseKernel)(rows, row, std::min(kSummaryRows, end - row));
    }
  });
  return TotalOf(blocks);
}

RowSummary TotalOf(const std::vector<BlockSummary>& blocks) {
  RowSummary summary;
  double weight = 0;
  for (const BlockSummary& block : blocks) {
    summary.loss += block.loss;
    weight += block.weight;
    summary.largest_gradient = std::max(summary.largest_gradient, block.largest_gradient);
    summary.largest_hessian = std::max(summary.largest_hessian, block.largest_hessian);
  }
  summary.loss /= weight;
  return summary;
}

void QuantiseRows(const TrainingRows& rows, const Quantum& quantum, uint32_t key, uint32_t* pairs) {
  ParallelRanges(rows.rows, kBlocksTogether * kSummaryRows, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(QuantiseKernel)(rows, quantum, key, begin, end, pairs);
  });
}

}  // namespace tidewright
