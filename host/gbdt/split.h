#ifndef TIDEWRIGHT_HOST_GBDT_SPLIT_H_
#define TIDEWRIGHT_HOST_GBDT_SPLIT_H_

#include <array>
#include <cstdint>

#include "host/gbdt/bins.h"
#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/histogram.h"

namespace tidewright {

// What every split of a tree is judged by.
struct SplitRule {
  LeafRule leaf;
  double gamma = 0;          // a split must gain more
  double gradient_unit = 1;  // a sum in real units = integer * unit
  double hessian_unit = 1;
  int64_t one_hot_max = 4;
  double category_smoothing = 10;
};

// The rows of a node, and what the leaves below it may be worth (monotone constraints).
struct NodeSums {
  int64_t gradient = 0;
  int64_t hessian = 0;
  double low = -1e300;
  double high = 1e300;
  bool bounded = false;  // some constraint is in force: `low` and `high` count
};

// A node's best split so far: of equal ones the first by (column, bin) stays.
struct NodeSplit {
  double gain = 0;
  int32_t column = -1;  // -1: none
  int32_t bin = 0;      // numbers: bins 0 .. bin go left
  bool missing_left = false;
  std::array<uint64_t, 4> bins_left{};  // a bit a bin, the missing one included
  int64_t left_gradient = 0;
  int64_t left_hessian = 0;

  bool GoesLeft(int bin_of_row) const {
    return (bins_left[bin_of_row / 64] >> (bin_of_row % 64)) & 1;
  }
};

// The best value of a leaf with these sums, within its bounds; before the learning rate.
double NodeWeight(const SplitRule& rule, const NodeSums& sums);

// Replaces `best` where a split of the column is better. `direction`: the column's monotone
// constraint, -1, 0 or 1.
void FindSplit(const SplitRule& rule, const NodeSums& sums, const ColumnBins& bins, int32_t column,
               int direction, const Histogram& histogram, NodeSplit* best);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_SPLIT_H_
