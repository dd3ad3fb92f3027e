#ifndef TIDEWRIGHT_HOST_DATA_TABLE_SPLIT_H_
#define TIDEWRIGHT_HOST_DATA_TABLE_SPLIT_H_

#include <cstdint>
#include <vector>

#include "host/data/feature_table.h"

namespace tidewright {

// The fold, 0 to folds - 1, of each row. Stratified: each fold has its share of both classes, to
// within one group; rows of one group share a fold. A draw keyed by (seed, repeat, group) decides,
// so that the same call gives the same folds. Throws UsageError where a class has fewer groups than
// there are folds.
std::vector<int32_t> AssignFolds(const FeatureTable& table, int folds, uint64_t seed, int repeat);

struct TableRows {
  std::vector<int64_t> train;  // rising
  std::vector<int64_t> held_out;
};

// The rows outside and inside fold `fold`.
TableRows RowsOfFold(const std::vector<int32_t>& folds, int fold);

// Holds `fraction` of the groups back, stratified as above. Throws UsageError where nothing of a
// class would be left on either side.
TableRows HoldOut(const FeatureTable& table, double fraction, uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_TABLE_SPLIT_H_
