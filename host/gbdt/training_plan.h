#ifndef TIDEWRIGHT_HOST_GBDT_TRAINING_PLAN_H_
#define TIDEWRIGHT_HOST_GBDT_TRAINING_PLAN_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"
#include "host/gbdt/gbdt.h"
#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/split.h"

namespace tidewright {

// What both twins decide on the host, before and between trees.

// A column each: 1 where the margin may only rise with it, -1 where it may only fall, 0. Throws
// UsageError naming a column that is not there or is a category.
std::vector<int> MonotoneDirections(const GbdtConfig& config, const FeatureTable& table);

void CheckGrowth(const GbdtConfig& config);  // throws UsageError where trees have no limit

// The row's weight, times scale_pos_weight where its label is 1; empty where each is 1.
std::vector<float> RowWeights(const GbdtConfig& config, const FeatureTable& table);

// Log odds of the weighted mean of the labels.
float BaseMargin(const std::vector<float>& label, const std::vector<float>& weight);

SplitRule RuleOf(const GbdtConfig& config, const Quantum& quantum);

// A byte a column: 1 where tree `tree` may ask it.
std::vector<uint8_t> ColumnsAsked(const GbdtConfig& config, int64_t tree, int64_t columns);

// The rows that tree `tree` is grown on, rising.
void SampleRows(const GbdtConfig& config, int64_t tree, int64_t rows,
                AlignedVector<uint32_t>* order);

// What a row's gradient of tree `tree` is rounded by: with the row, it makes the bits.
uint32_t RoundingKey(const GbdtConfig& config, int64_t tree);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_TRAINING_PLAN_H_
