#ifndef TIDEWRIGHT_HOST_GBDT_TREE_ENGINE_H_
#define TIDEWRIGHT_HOST_GBDT_TREE_ENGINE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "host/gbdt/binned_tree.h"
#include "host/gbdt/bins.h"
#include "host/gbdt/row_pass.h"
#include "host/gbdt/split.h"

namespace tidewright {

// A node while its tree grows. Its rows are those at [begin, begin + count) of the order in which
// the engine keeps the tree's rows; within a node they rise.
struct GrownNode {
  int64_t begin = 0;
  int64_t count = 0;
  int32_t depth = 0;
  int32_t left = -1;    // its children, once it is split: left and left + 1
  bool chosen = false;  // its split stays in the tree
  int histogram = -1;   // the engine's, kept for its children; -1: none
  NodeSums sums;
  NodeSplit split;  // the best there is
};

// A node that was split, or the root (parent -1): whose histograms are made and how.
struct Family {
  int32_t parent = -1;
  std::array<int32_t, 2> built = {-1, -1};     // children whose rows are gone through; -1: none
  int32_t derived = -1;                        // the one that is the parent less the built one
  std::array<int32_t, 2> searched = {-1, -1};  // those whose best split is wanted
};

// What a tree is grown by.
struct TreePlan {
  int64_t tree = 0;
  Quantum quantum;
  SplitRule rule;
  std::vector<int32_t> columns;  // that it may ask
};

// A leaf's rows, as in GrownNode, and what it adds to their margins.
struct LeafRange {
  int64_t begin = 0;
  int64_t count = 0;
  float value = 0;
};

// Where the training rows are and everything is done that takes more time with more rows. The
// growing itself (growth_order.cpp, grower.cpp) is the same on every device; so is every bit of a
// model.
class TreeEngine {
 public:
  virtual ~TreeEngine() = default;

  virtual void SetMargins(const std::vector<float>& margins) = 0;
  // Adds trees to the margins of all rows, one after the other.
  virtual void AddTrees(const std::vector<BinnedTree>& trees) = 0;
  virtual RowSummary Summarise() = 0;

  // Rounds the gradients, chooses the rows of the tree; sets the root's count and sums.
  virtual void BeginTree(const TreePlan& plan, GrownNode* root) = 0;
  // How many nodes are worth splitting at a time.
  virtual int64_t NodesTogether() const = 0;
  // Parts the rows of each parent by its split; how many go left.
  virtual std::vector<int64_t> Partition(const std::vector<GrownNode>& nodes,
                                         const std::vector<int32_t>& parents) = 0;
  // Makes the histograms and finds the best splits of the children searched. A parent's histogram
  // is given up.
  virtual void FindSplits(const std::vector<Family>& families, std::vector<GrownNode>* nodes) = 0;
  // The tree is grown: adds it to the margins. `leaves` cover its rows.
  virtual void EndTree(const std::vector<LeafRange>& leaves, const BinnedTree& tree) = 0;

  // Validation rows, whose margins go on with each tree.
  virtual void Watch(BinnedTable rows, std::vector<float> margins) = 0;
  virtual void AddToWatched(const BinnedTree& tree) = 0;
  virtual std::vector<float> WatchedMargins() = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_TREE_ENGINE_H_
