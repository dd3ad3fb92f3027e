#ifndef TIDEWRIGHT_HOST_GBDT_SPLIT_SCAN_H_
#define TIDEWRIGHT_HOST_GBDT_SPLIT_SCAN_H_

#include <cstdint>

#include "host/gbdt/bins.h"
#include "host/gbdt/split_core.h"

namespace tidewright {

// One column of a node: sums as doubles, in integer units (exact below 2^53); the left sides of
// candidate splits where they are scanned. Room for whole vectors at the end.
struct alignas(64) ColumnSums {
  double g[kMaxBins + 8];
  double h[kMaxBins + 8];
  double missing_g = 0;
  double missing_h = 0;
};

struct Candidate {
  double score = kNoScore;
  int32_t index = -1;  // -1: there is none
  bool missing_left = false;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_SPLIT_SCAN_H_
