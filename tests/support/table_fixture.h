#ifndef TIDEWRIGHT_TESTS_SUPPORT_TABLE_FIXTURE_H_
#define TIDEWRIGHT_TESTS_SUPPORT_TABLE_FIXTURE_H_

#include <cstdint>

#include "host/data/feature_table.h"

namespace tidewright {

// A labelled table with a column of each kind, a tenth of the values missing; about a quarter of
// the rows have label 1. The same call gives the same table.
FeatureTable RandomTable(int64_t rows, uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_TABLE_FIXTURE_H_
