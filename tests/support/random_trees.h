#ifndef TIDEWRIGHT_TESTS_SUPPORT_RANDOM_TREES_H_
#define TIDEWRIGHT_TESTS_SUPPORT_RANDOM_TREES_H_

#include <cstdint>
#include <vector>

#include "host/data/feature_table.h"
#include "host/model/artifact.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// Columns of every kind; of the categories one list ends on a word's border, one goes beyond it.
FeatureSpec TreeColumns();

// Trees that no training grew: of one leaf, of one split, and up to `max_depth` deep; sets that are
// empty, full, end at a word's border or leave known categories beyond their words.
TreeEnsemble RandomTrees(int64_t trees, int64_t max_depth, uint64_t seed,
                         const FeatureSpec& columns = TreeColumns());

// Values for those columns, a fifth of them missing; of the numbers many that are a threshold of
// `model`, of the categories some that no list has. Row-major, rows x columns.
std::vector<float> RandomRows(const TreeEnsemble& model, const FeatureSpec& columns, int64_t rows,
                              uint64_t seed);

// The sum that tree_ensemble.h defines.
float MarginOf(const TreeEnsemble& model, const float* row);

// An artifact that holds the trees.
Artifact TreeArtifact(TreeEnsemble model, FeatureSpec columns);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_RANDOM_TREES_H_
