#ifndef TIDEWRIGHT_HOST_GBDT_GROWER_H_
#define TIDEWRIGHT_HOST_GBDT_GROWER_H_

#include <cstdint>
#include <vector>

#include "host/core/stop_flag.h"
#include "host/gbdt/gbdt.h"
#include "host/gbdt/tree_engine.h"

namespace tidewright {

struct GrowthLimits {
  bool leafwise = false;
  int64_t max_depth = 0;   // 0: none
  int64_t max_leaves = 0;  // 0: none
};

// Grows trees with an engine. A node's split depends on its rows alone, so nodes are split many at
// a time: level by level, or, leaf-wise, as many of the best leaves as will most likely be chosen;
// a split made in vain is dropped, and the tree is the one that splitting one leaf after the other
// gives.
class TreeGrower {
 public:
  // `directions`: each column's monotone constraint, -1, 0 or 1.
  TreeGrower(const GbdtConfig& config, std::vector<int> directions);

  // Grows a tree, up to EndTree. False: the flag stopped it, and there is no tree.
  bool Grow(const TreePlan& plan, const StopFlag& stop, TreeEngine* engine);

  const std::vector<GrownNode>& nodes() const { return nodes_; }
  // Chosen nodes in the order in which they are split.
  const std::vector<int32_t>& splits() const { return splits_; }

 private:
  std::vector<int32_t> NextLevel();
  std::vector<int32_t> NextBestLeaves();
  bool Outranks(int32_t a, int32_t b) const;
  void Expand(const std::vector<int32_t>& parents, TreeEngine* engine);
  void MakeChildren(int32_t parent, int64_t left_count);
  bool MaySplit(const GrownNode& node) const;
  Family MakeFamily(int32_t parent) const;

  GrowthLimits limits_;
  std::vector<int> directions_;
  bool bounded_ = false;

  SplitRule rule_;
  std::vector<GrownNode> nodes_;
  std::vector<int32_t> splits_;
  int64_t level_ = 0;
  int64_t leaves_ = 1;
  bool last_ = false;  // the next nodes are the last to be split
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_GROWER_H_
