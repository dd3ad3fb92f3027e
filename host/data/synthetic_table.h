#ifndef TIDEWRIGHT_HOST_DATA_SYNTHETIC_TABLE_H_
#define TIDEWRIGHT_HOST_DATA_SYNTHETIC_TABLE_H_

#include <cstdint>

#include "host/data/feature_table.h"

namespace tidewright {

// A made-up labelled table: `numbers` number columns, then `categories` category columns of 3 to 60
// categories. The log-odds of the label are a sum of slopes, steps, hinges, products and category
// effects of up to 16 number columns and of the category columns, scaled to a deviation of
// `signal`; the other number columns are noise or echoes of these. A share `missing` of the values
// is missing, in every third column only of those above their middle.
struct SyntheticTableShape {
  int64_t rows = 0;
  int64_t first_row = 0;  // the first of the rows that the seed stands for: for parts of one table
  int64_t numbers = 28;
  int64_t categories = 0;
  double missing = 0.0;  // at most 0.5
  double signal = 1.7;
};

// Row r is the same whatever the first row and the number of rows, and with any number of threads.
FeatureTable SyntheticTable(const SyntheticTableShape& shape, uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SYNTHETIC_TABLE_H_
