#ifndef TIDEWRIGHT_HOST_GBDT_SPLIT_SCAN_H_
#define TIDEWRIGHT_HOST_GBDT_SPLIT_SCAN_H_

#include <cstdint>

#include "host/gbdt/bins.h"

namespace tidewright {

// One column of a node: sums as doubles, in integer units (exact below 2^53); the left sides of
// candidate splits where they are scanned. Room for whole vectors at the end.
struct alignas(64) ColumnSums {
  double g[kMaxBins + 8];
  double h[kMaxBins + 8];
  double missing_g = 0;
  double missing_h = 0;
};

// What a candidate is scored by (ChildrenScore).
struct ScanTerms {
  double gradient_unit = 1;
  double hessian_unit = 1;
  double total_g = 0;  // of the node, in real units
  double total_h = 0;
  double least_h = 0;  // of a child
  double l1 = 0;
  double l2 = 0;
};

struct Candidate {
  double score = -1;  // below 0: there is none
  int32_t index = -1;
  bool missing_left = false;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_SPLIT_SCAN_H_
