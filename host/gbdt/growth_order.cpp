#include <algorithm>
#include <queue>

#include "host/gbdt/grower.h"

namespace tidewright {

// The order in which leaves are split: best first; of equal ones the left one in the tree.
bool TreeGrower::Outranks(int32_t a, int32_t b) const {
  const GrownNode& x = nodes_[a];
  const GrownNode& y = nodes_[b];
  return x.split.gain > y.split.gain || (x.split.gain == y.split.gain && x.begin < y.begin);
}

std::vector<int32_t> TreeGrower::NextLevel() {
  std::vector<int32_t> level;
  for (size_t node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].depth == level_ && nodes_[node].split.column >= 0) {
      level.push_back(static_cast<int32_t>(node));
    }
  }
  ++level_;
  if (limits_.max_leaves > 0) {
    const auto budget = static_cast<size_t>(limits_.max_leaves - leaves_);
    if (level.size() >= budget) {
      last_ = true;
      std::sort(level.begin(), level.end(),
                [this](int32_t a, int32_t b) { return Outranks(a, b); });
      level.resize(budget);
      std::sort(level.begin(), level.end());
    }
  }
  leaves_ += static_cast<int64_t>(level.size());
  for (const int32_t node : level) {
    nodes_[node].chosen = true;
    splits_.push_back(node);
  }
  return level;
}

// Splits the leaves as far as they are known, one after the other, into splits_. Where it comes to
// leaves whose children are not known yet, it gives back the first of them: the first is chosen for
// sure, those near it most likely.
std::vector<int32_t> TreeGrower::NextBestLeaves() {
  const auto worse = [this](int32_t a, int32_t b) { return Outranks(b, a); };
  std::priority_queue<int32_t, std::vector<int32_t>, decltype(worse)> open(worse);
  const auto add = [&](int32_t node) {
    if (nodes_[node].split.column >= 0) open.push(node);
  };
  splits_.clear();
  add(0);
  std::vector<int32_t> unknown;
  int64_t budget = limits_.max_leaves > 0 ? limits_.max_leaves - 1 : INT64_MAX;
  int64_t left_at_first = 0;
  for (; budget > 0 && !open.empty(); --budget) {
    const int32_t node = open.top();
    open.pop();
    splits_.push_back(node);
    if (nodes_[node].left >= 0) {
      add(nodes_[node].left);
      add(nodes_[node].left + 1);
      continue;
    }
    if (unknown.empty()) left_at_first = budget;
    unknown.push_back(node);
  }
  if (unknown.empty()) {
    for (const int32_t node : splits_) nodes_[node].chosen = true;
    return unknown;
  }
  last_ = left_at_first == 1;
  if (limits_.max_leaves > 0) {
    constexpr int64_t kCaution = 4;
    const int64_t likely = (left_at_first + kCaution - 1) / kCaution;
    unknown.resize(std::min(unknown.size(), static_cast<size_t>(likely)));
  }
  return unknown;
}

}  // namespace tidewright
