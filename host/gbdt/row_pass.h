#ifndef TIDEWRIGHT_HOST_GBDT_ROW_PASS_H_
#define TIDEWRIGHT_HOST_GBDT_ROW_PASS_H_

#include <cstdint>
#include <vector>

#include "host/gbdt/gbdt_core.h"

namespace tidewright {

// What is known of each training row; `weight` null: each counts 1.
struct TrainingRows {
  int64_t rows = 0;
  const float* margin = nullptr;
  const float* label = nullptr;
  const float* weight = nullptr;
};

struct RowSummary {
  double loss =
      0;  // mean weighted log loss: blocks of kSummaryRows rows, eight sums each, in order
  float largest_gradient = 0;
  float largest_hessian = 0;
};

inline constexpr int64_t kSummaryRows = 4096;

struct BlockSummary {
  double loss = 0;  // sums over the block's rows
  double weight = 0;
  float largest_gradient = 0;
  float largest_hessian = 0;
};

RowSummary SummariseRows(const TrainingRows& rows);
RowSummary TotalOf(const std::vector<BlockSummary>& blocks);

// pairs[row] = the row's gradient and hessian, rounded by (key, row): QuantisedPair.
void QuantiseRows(const TrainingRows& rows, const Quantum& quantum, uint32_t key, uint32_t* pairs);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_ROW_PASS_H_
