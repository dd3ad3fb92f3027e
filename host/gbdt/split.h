#ifndef TIDEWRIGHT_HOST_GBDT_SPLIT_H_
#define TIDEWRIGHT_HOST_GBDT_SPLIT_H_

#include <cstdint>

#include "host/gbdt/bins.h"
#include "host/gbdt/histogram.h"
#include "host/gbdt/split_core.h"

namespace tidewright {

// Replaces `best` where a split of the column is better. `direction`: the column's monotone
// constraint, -1, 0 or 1.
void FindSplit(const SplitRule& rule, const NodeSums& sums, const ColumnBins& bins, int32_t column,
               int direction, const Histogram& histogram, NodeSplit* best);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_SPLIT_H_
