#ifndef TIDEWRIGHT_HOST_GBDT_GROWER_H_
#define TIDEWRIGHT_HOST_GBDT_GROWER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "host/core/stop_flag.h"
#include "host/gbdt/bins.h"
#include "host/gbdt/gbdt.h"
#include "host/gbdt/histogram.h"
#include "host/gbdt/split.h"

namespace tidewright {

// A node while its tree grows. Its rows are order[begin .. begin + count), rising.
struct GrownNode {
  int64_t begin = 0;
  int64_t count = 0;
  int32_t depth = 0;
  int32_t left = -1;    // its children, once it is split: left and left + 1
  bool chosen = false;  // its split stays in the tree
  int histogram = -1;   // in the pool; -1: none
  NodeSums sums;
  NodeSplit split;  // the best there is
};

struct GrowthLimits {
  bool leafwise = false;
  int64_t max_depth = 0;   // 0: none
  int64_t max_leaves = 0;  // 0: none
};

// Grows trees on a binned table. A node's split depends on its rows alone, so nodes are split many
// at a time: level by level, or, leaf-wise, as many of the best leaves as will most likely be
// chosen; a split made in vain is dropped, and the tree is the one that splitting one leaf after
// the other gives.
class TreeGrower {
 public:
  TreeGrower(const GbdtConfig& config, const std::vector<ColumnBins>* bins,
             const BinnedTable* table, std::vector<int> directions);

  // Grows a tree on the rows in `order`, by their gradients `pairs`. `asked`: columns that may be
  // asked, a byte each. False: the flag stopped it, and there is no tree.
  bool Grow(std::vector<uint32_t>* order, const uint32_t* pairs, const SplitRule& rule,
            const std::vector<uint8_t>& asked, const StopFlag& stop);

  const std::vector<GrownNode>& nodes() const { return nodes_; }
  // Chosen nodes in the order in which they are split.
  const std::vector<int32_t>& splits() const { return splits_; }

 private:
  struct Family {
    int32_t parent;
    int32_t built[2];  // children whose rows are gone through; -1: none
    int32_t derived;   // the one that is the parent less the built one; -1: none
  };

  std::vector<int32_t> NextLevel();
  std::vector<int32_t> NextBestLeaves();
  bool Outranks(int32_t a, int32_t b) const;
  void Expand(const std::vector<int32_t>& parents);
  void Partition(const std::vector<int32_t>& parents);
  void MakeChildren(int32_t parent, int64_t left_count);
  bool MaySplit(const GrownNode& node) const;
  Family MakeFamily(int32_t parent);
  void BuildHistograms(const std::vector<int32_t>& nodes);
  void FindSplits(const std::vector<Family>& families);
  void DropHistogram(int32_t node);

  GrowthLimits limits_;
  int64_t level_ = 0;
  const std::vector<ColumnBins>& bins_;
  const BinnedTable& table_;
  std::vector<int> directions_;
  bool bounded_ = false;
  HistogramShape shape_;
  HistogramPool pool_;
  std::vector<AlignedVector<int64_t>> scratch_;  // a histogram a thread
  std::vector<uint32_t> moved_;

  std::vector<uint32_t>* order_ = nullptr;
  const uint32_t* pairs_ = nullptr;
  SplitRule rule_;
  std::vector<int32_t> columns_;  // that this tree may ask
  std::vector<GrownNode> nodes_;
  std::vector<int32_t> splits_;
  int64_t leaves_ = 1;
  bool last_ = false;  // the next nodes are the last to be split
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_GROWER_H_
