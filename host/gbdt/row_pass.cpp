#include "host/gbdt/row_pass.h"

#include <algorithm>
#include <vector>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int kLanes = 8;

struct BlockSummary {
  double loss = 0;
  double weight = 0;
  float largest_gradient = 0;
  float largest_hessian = 0;
};

BlockSummary SummariseBlock(const TrainingRows& rows, int64_t begin, int64_t end) {
  float loss[kSummaryRows];
  float weight[kSummaryRows];
  const int64_t count = end - begin;
  float gradient[kLanes] = {};
  float hessian[kLanes] = {};
  for (int64_t first = 0; first < count; first += kLanes) {
    const int64_t here = std::min<int64_t>(kLanes, count - first);
    for (int64_t lane = 0; lane < here; ++lane) {
      const int64_t i = first + lane;
      const float margin = rows.margin[begin + i];
      const float label = rows.label[begin + i];
      const float w = rows.weight == nullptr ? 1.0f : rows.weight[begin + i];
      const RowGradient row = GradientOf(margin, label);
      const float g = (row.gradient < 0 ? -row.gradient : row.gradient) * w;
      const float h = row.hessian * w;
      gradient[lane] = g > gradient[lane] ? g : gradient[lane];
      hessian[lane] = h > hessian[lane] ? h : hessian[lane];
      loss[i] = LogLossOf(margin, label) * w;
      weight[i] = w;
    }
  }
  BlockSummary summary;
  double losses[kLanes] = {};
  double weights[kLanes] = {};
  for (int64_t i = 0; i < count; ++i) {
    losses[i % kLanes] += static_cast<double>(loss[i]);
    weights[i % kLanes] += static_cast<double>(weight[i]);
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    summary.loss += losses[lane];
    summary.weight += weights[lane];
    summary.largest_gradient = std::max(summary.largest_gradient, gradient[lane]);
    summary.largest_hessian = std::max(summary.largest_hessian, hessian[lane]);
  }
  return summary;
}

}  // namespace

RowSummary SummariseRows(const TrainingRows& rows) {
  std::vector<BlockSummary> blocks(
      static_cast<size_t>((rows.rows + kSummaryRows - 1) / kSummaryRows));
  ParallelRanges(rows.rows, kSummaryRows, [&](int64_t begin, int64_t end, int) {
    blocks[begin / kSummaryRows] = SummariseBlock(rows, begin, end);
  });
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
  ParallelRanges(rows.rows, 16 * kSummaryRows, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const RowGradient row = GradientOf(rows.margin[i], rows.label[i]);
      const float weight = rows.weight == nullptr ? 1.0f : rows.weight[i];
      pairs[i] = QuantisedPair(row, weight, quantum, MixedBits(static_cast<uint32_t>(i) ^ key));
    }
  });
}

}  // namespace tidewright
