#ifndef TIDEWRIGHT_HOST_TRAIN_PERMUTATION_IMPORTANCE_H_
#define TIDEWRIGHT_HOST_TRAIN_PERMUTATION_IMPORTANCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/feature_table.h"
#include "host/model/artifact.h"

namespace tidewright {

// How much worse a classifier judges a table when one column's values are dealt out to the rows
// anew (Breiman 2001): means over repeats. Columns that say the same share what they are worth.
struct PermutationImportance {
  std::string column;
  double auc_drop = 0;
  double log_loss_rise = 0;
};

// One entry a column, in the table's order. The table is labelled and its columns are the model's.
// Permutations are drawn by (seed, column, repeat).
std::vector<PermutationImportance> PermuteColumns(const Artifact& artifact, FeatureTable table,
                                                  int repeats, uint64_t seed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_PERMUTATION_IMPORTANCE_H_
