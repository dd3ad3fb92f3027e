#include "host/gbdt/grower.h"

#include <algorithm>
#include <utility>

namespace tidewright {

TreeGrower::TreeGrower(const GbdtConfig& config, std::vector<int> directions)
    : limits_{config.growth == "leafwise", config.max_depth, config.max_leaves},
      directions_(std::move(directions)) {
  for (const int direction : directions_) bounded_ |= direction != 0;
}

bool TreeGrower::Grow(const TreePlan& plan, const StopFlag& stop, TreeEngine* engine) {
  rule_ = plan.rule;
  nodes_.assign(1, GrownNode());
  splits_.clear();
  leaves_ = 1;
  level_ = 0;
  last_ = false;
  nodes_[0].sums.bounded = bounded_;
  engine->BeginTree(plan, &nodes_[0]);
  if (MaySplit(nodes_[0])) {
    Family root;
    root.built[0] = root.searched[0] = 0;
    engine->FindSplits({root}, &nodes_);
  }
  while (true) {
    const std::vector<int32_t> parents = limits_.leafwise ? NextBestLeaves() : NextLevel();
    if (parents.empty()) return true;
    if (stop.requested()) return false;
    const auto together = static_cast<size_t>(engine->NodesTogether());
    for (size_t begin = 0; begin < parents.size(); begin += together) {
      const size_t end = std::min(parents.size(), begin + together);
      Expand({parents.begin() + static_cast<std::ptrdiff_t>(begin),
              parents.begin() + static_cast<std::ptrdiff_t>(end)},
             engine);
    }
  }
}

bool TreeGrower::MaySplit(const GrownNode& node) const {
  if (last_ || node.count < 2 || limits_.max_leaves == 1) return false;
  if (limits_.max_depth > 0 && node.depth >= limits_.max_depth) return false;
  return static_cast<double>(node.sums.hessian) * rule_.hessian_unit >=
         2 * std::max(rule_.leaf.min_child_weight, rule_.hessian_unit);
}

void TreeGrower::Expand(const std::vector<int32_t>& parents, TreeEngine* engine) {
  const std::vector<int64_t> left_counts = engine->Partition(nodes_, parents);
  std::vector<Family> families;
  for (size_t i = 0; i < parents.size(); ++i) {
    MakeChildren(parents[i], left_counts[i]);
    families.push_back(MakeFamily(parents[i]));
  }
  engine->FindSplits(families, &nodes_);
}

void TreeGrower::MakeChildren(int32_t parent, int64_t left_count) {
  const int32_t left = static_cast<int32_t>(nodes_.size());
  nodes_.resize(nodes_.size() + 2);
  GrownNode& node = nodes_[parent];
  GrownNode& a = nodes_[left];
  GrownNode& b = nodes_[left + 1];
  node.left = left;
  a.depth = b.depth = node.depth + 1;
  a.begin = node.begin;
  a.count = left_count;
  b.begin = node.begin + left_count;
  b.count = node.count - left_count;
  a.sums = b.sums = node.sums;
  a.sums.gradient = node.split.left_gradient;
  a.sums.hessian = node.split.left_hessian;
  b.sums.gradient -= node.split.left_gradient;
  b.sums.hessian -= node.split.left_hessian;
  const int direction = directions_[node.split.column];
  if (direction == 0) return;
  const double middle = (NodeWeight(rule_, a.sums) + NodeWeight(rule_, b.sums)) / 2;
  (direction > 0 ? a : b).sums.high = middle;
  (direction > 0 ? b : a).sums.low = middle;
}

Family TreeGrower::MakeFamily(int32_t parent) const {
  const GrownNode& node = nodes_[parent];
  const bool left_smaller = nodes_[node.left].count <= nodes_[node.left + 1].count;
  const int32_t smaller = left_smaller ? node.left : node.left + 1;
  const int32_t larger = left_smaller ? node.left + 1 : node.left;
  Family family;
  family.parent = parent;
  if (MaySplit(nodes_[smaller])) family.built[0] = family.searched[0] = smaller;
  if (MaySplit(nodes_[larger])) {
    family.searched[1] = larger;
    if (node.histogram >= 0) {
      family.built[0] = smaller;
      family.derived = larger;
    } else {
      family.built[1] = larger;
    }
  }
  return family;
}

}  // namespace tidewright
