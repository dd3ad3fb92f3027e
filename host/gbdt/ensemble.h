#ifndef TIDEWRIGHT_HOST_GBDT_ENSEMBLE_H_
#define TIDEWRIGHT_HOST_GBDT_ENSEMBLE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "host/gbdt/bins.h"
#include "host/gbdt/grower.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// Puts the grown tree at the end of the model.
void AppendTree(const TreeGrower& grower, const std::vector<ColumnBins>& bins,
                const SplitRule& rule, double learning_rate, TreeEnsemble* model);

// What a leaf of these sums adds to a margin.
float LeafValue(const SplitRule& rule, const NodeSums& sums, double learning_rate);

// A tree that asks bins.
struct BinnedNode {
  int32_t column = -1;  // -1: a leaf
  int32_t left = 0;
  float value = 0;
  std::array<uint64_t, 4> bins_left{};
};
using BinnedTree = std::vector<BinnedNode>;

// Tree `tree` of a model on these bins. Throws DataError where a threshold is no edge of its
// column.
BinnedTree BinTree(const TreeEnsemble& model, int64_t tree, const std::vector<ColumnBins>& bins);

inline float ValueOf(const BinnedTree& tree, const uint8_t* row) {
  const BinnedNode* node = tree.data();
  while (node->column >= 0) {
    const uint8_t bin = row[node->column];
    const bool goes_left = ((node->bins_left[bin / 64] >> (bin % 64)) & 1) != 0;
    node = tree.data() + node->left + (goes_left ? 0 : 1);
  }
  return node->value;
}

// Adds the trees to the margins, row by row in their order.
void AddTrees(const std::vector<BinnedTree>& trees, const BinnedTable& table, float* margins);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_ENSEMBLE_H_
