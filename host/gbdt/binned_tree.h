#ifndef TIDEWRIGHT_HOST_GBDT_BINNED_TREE_H_
#define TIDEWRIGHT_HOST_GBDT_BINNED_TREE_H_

#include <cstdint>
#include <vector>

#include "host/core/host_device.h"
#include "host/gbdt/bins.h"

namespace tidewright {

// A tree that asks bins.
struct BinnedNode {
  int32_t column = -1;  // -1: a leaf
  int32_t left = 0;
  float value = 0;
  uint64_t bins_left[4] = {};  // a bit a bin, the missing one included
};
using BinnedTree = std::vector<BinnedNode>;

TIDEWRIGHT_HOST_DEVICE inline float BinnedTreeValue(const BinnedNode* tree, const uint8_t* row) {
  const BinnedNode* node = tree;
  while (node->column >= 0) {
    const uint8_t bin = row[node->column];
    const bool goes_left = ((node->bins_left[bin / 64] >> (bin % 64)) & 1) != 0;
    node = tree + node->left + (goes_left ? 0 : 1);
  }
  return node->value;
}

// Adds the trees to the margins, row by row in their order.
void AddTrees(const std::vector<BinnedTree>& trees, const BinnedTable& table, float* margins);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_BINNED_TREE_H_
