#ifndef TIDEWRIGHT_HOST_GBDT_ENSEMBLE_H_
#define TIDEWRIGHT_HOST_GBDT_ENSEMBLE_H_

#include <cstdint>
#include <vector>

#include "host/gbdt/binned_tree.h"
#include "host/gbdt/bins.h"
#include "host/gbdt/grower.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// Puts the grown tree at the end of the model.
void AppendTree(const TreeGrower& grower, const std::vector<ColumnBins>& bins,
                const SplitRule& rule, double learning_rate, TreeEnsemble* model);

// What a leaf of these sums adds to a margin.
float LeafValue(const SplitRule& rule, const NodeSums& sums, double learning_rate);

// The rows of each leaf of the grown tree.
std::vector<LeafRange> LeafRanges(const TreeGrower& grower, const SplitRule& rule,
                                  double learning_rate);

// Tree `tree` of a model on these bins. Throws DataError where a threshold is no edge of its
// column.
BinnedTree BinTree(const TreeEnsemble& model, int64_t tree, const std::vector<ColumnBins>& bins);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_ENSEMBLE_H_
