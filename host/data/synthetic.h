#ifndef TIDEWRIGHT_HOST_DATA_SYNTHETIC_H_
#define TIDEWRIGHT_HOST_DATA_SYNTHETIC_H_

#include <cstdint>
#include <string>

#include "host/data/interactions.h"

namespace tidewright {

// The shape and skew of an implicit matrix to be made up.
//
// User lengths: min_length + a log-normal share of the rest, exp(length_spread * z) with z standard
// normal; no user has more than half of the items, unless the matrix is too full for that.
// Item popularity: the item of rank r = 0, 1, … is drawn with weight (r + 1 + head)^-skew, a Zipf
// law whose first `head` ranks are about equally popular; ranks are dealt to item ids at random.
// A user's items are drawn one after the other without replacement, so that the most popular items
// come out a little less popular than their weight says.
struct SyntheticShape {
  int64_t users = 0;
  int64_t items = 0;
  int64_t entries = 0;
  double skew = 1.0;
  double head = 32;
  double length_spread = 1.1;
  int64_t min_length = 5;
};

// "ml20m" (136,677 x 20,108, 10,000,000 entries) or "gowalla" (29,858 x 40,981, 1,027,370). Throws
// UsageError. Lengths and popularity of "gowalla" follow the LightGCN split of the real data
// (median length 20, mean 34; the most popular item 2,310 times, that of rank 1,000 104 times);
// those of "ml20m" are a log-normal with median 42, mean 73 and a Zipf law, not a fit.
SyntheticShape NamedSyntheticShape(const std::string& name);

// users x items with exactly `entries` non-zeros, each 1, no pair twice. The same shape and seed
// give the same matrix on any number of threads. Throws UsageError where there is no such matrix.
Csr SyntheticInteractions(const SyntheticShape& shape, uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SYNTHETIC_H_
