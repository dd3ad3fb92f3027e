#include "host/gbdt/grower.h"

#include <algorithm>
#include <numeric>

#include "host/core/parallel.h"
#include "host/gbdt/partition.h"

namespace tidewright {
namespace {

constexpr int64_t kColumnsTogether = 8;    // whose splits one task looks for
constexpr int64_t kParentsTogether = 128;  // a level's nodes are split so many at a time
constexpr int64_t kLeastPart = 4096;       // rows that one task adds up
constexpr int64_t kSmallWork = 100'000;  // additions that are done before other threads have begun
constexpr int64_t kHistogramBytes = int64_t{256} << 20;  // kept for subtraction

// Loops too short to be worth other threads run on this one.
void RunBlocks(int64_t blocks, int64_t work, const std::function<void(int64_t, int)>& body) {
  if (work >= kSmallWork) return ParallelBlocks(blocks, body);
  for (int64_t block = 0; block < blocks; ++block) body(block, 0);
}

// How many rows a task takes, of `rows` in all: which rows are taken together does not show.
int64_t PartRows(int64_t rows) {
  const int64_t threads = NumThreads();
  return threads == 1 ? kPackedRows : std::clamp(rows / (4 * threads), kLeastPart, kPackedRows);
}

HistogramShape ShapeOf(const std::vector<ColumnBins>& bins) {
  HistogramShape shape;
  for (const ColumnBins& column : bins) shape.bins.push_back(column.values + 1);
  return shape;
}

}  // namespace

TreeGrower::TreeGrower(const GbdtConfig& config, const std::vector<ColumnBins>* bins,
                       const BinnedTable* table, std::vector<int> directions)
    : limits_{config.growth == "leafwise", config.max_depth, config.max_leaves},
      bins_(*bins),
      table_(*table),
      directions_(std::move(directions)),
      shape_(ShapeOf(*bins)),
      pool_(shape_.columns()) {
  for (const int direction : directions_) bounded_ |= direction != 0;
}

bool TreeGrower::Grow(std::vector<uint32_t>* order, const uint32_t* pairs, const SplitRule& rule,
                      const std::vector<uint8_t>& asked, const StopFlag& stop) {
  order_ = order;
  pairs_ = pairs;
  rule_ = rule;
  columns_.clear();
  for (int64_t c = 0; c < shape_.columns(); ++c) {
    if (asked[c] != 0) columns_.push_back(static_cast<int32_t>(c));
  }
  moved_.resize(order->size());
  for (size_t node = 0; node < nodes_.size(); ++node) DropHistogram(static_cast<int32_t>(node));
  nodes_.assign(1, GrownNode());
  splits_.clear();
  leaves_ = 1;
  level_ = 0;
  last_ = false;

  GrownNode& root = nodes_[0];
  root.count = static_cast<int64_t>(order->size());
  root.sums.bounded = bounded_;
  for (const uint32_t row : *order) {
    const int64_t word = PackedWord(pairs[row]);
    root.sums.hessian += PackedHessian(word);
    root.sums.gradient += PackedGradient(word);
  }
  if (MaySplit(root)) {
    BuildHistograms({0});
    FindSplits({{-1, {0, -1}, -1}});
  }
  while (true) {
    const std::vector<int32_t> parents = limits_.leafwise ? NextBestLeaves() : NextLevel();
    if (parents.empty()) return true;
    if (stop.requested()) return false;
    for (size_t begin = 0; begin < parents.size(); begin += kParentsTogether) {
      const size_t end = std::min(parents.size(), begin + kParentsTogether);
      Expand({parents.begin() + static_cast<std::ptrdiff_t>(begin),
              parents.begin() + static_cast<std::ptrdiff_t>(end)});
    }
  }
}

bool TreeGrower::MaySplit(const GrownNode& node) const {
  if (last_ || node.count < 2) return false;
  if (limits_.max_depth > 0 && node.depth >= limits_.max_depth) return false;
  if (limits_.max_leaves == 1) return false;
  return static_cast<double>(node.sums.hessian) * rule_.hessian_unit >=
         2 * std::max(rule_.leaf.min_child_weight, rule_.hessian_unit);
}

void TreeGrower::Expand(const std::vector<int32_t>& parents) {
  Partition(parents);
  std::vector<Family> families;
  std::vector<int32_t> built;
  for (const int32_t parent : parents) {
    families.push_back(MakeFamily(parent));
    for (const int32_t child : families.back().built) {
      if (child >= 0) built.push_back(child);
    }
  }
  BuildHistograms(built);
  FindSplits(families);
}

void TreeGrower::Partition(const std::vector<int32_t>& parents) {
  std::vector<RowMove> moves;
  int64_t rows = 0;
  for (const int32_t parent : parents) {
    const GrownNode& node = nodes_[parent];
    RowMove move;
    move.column = table_.Column(node.split.column);
    move.begin = node.begin;
    move.count = node.count;
    const int32_t bins = shape_.bins[node.split.column];
    for (int32_t bin = 0; bin < bins; ++bin) move.goes_left[bin] = node.split.GoesLeft(bin) ? 1 : 0;
    moves.push_back(move);
    rows += node.count;
  }
  PartitionRows(&moves, PartRows(rows), order_->data(), moved_.data());
  for (size_t i = 0; i < parents.size(); ++i) MakeChildren(parents[i], moves[i].left_count);
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

TreeGrower::Family TreeGrower::MakeFamily(int32_t parent) {
  GrownNode& node = nodes_[parent];
  const int32_t left = node.left;
  const bool left_smaller = nodes_[left].count <= nodes_[left + 1].count;
  const int32_t smaller = left_smaller ? left : left + 1;
  const int32_t larger = left_smaller ? left + 1 : left;
  Family family{parent, {-1, -1}, -1};
  const bool larger_splits = MaySplit(nodes_[larger]);
  if (larger_splits && node.histogram >= 0) {
    family.built[0] = smaller;
    family.derived = larger;
  } else {
    if (MaySplit(nodes_[smaller])) family.built[0] = smaller;
    if (larger_splits) family.built[1] = larger;
  }
  return family;
}

void TreeGrower::BuildHistograms(const std::vector<int32_t>& nodes) {
  struct Part {
    size_t target;
    RowList rows;
  };
  int64_t rows = 0;
  for (const int32_t node : nodes) rows += nodes_[node].count;
  const int64_t part_rows = PartRows(rows);
  for (const int32_t node : nodes) {
    nodes_[node].histogram = pool_.Acquire(nodes_[node].count > kPackedRows);
  }
  std::vector<HistogramTarget> targets(nodes.size());
  std::vector<Part> parts;
  const bool every_row = static_cast<int64_t>(order_->size()) == table_.rows;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const GrownNode& node = nodes_[nodes[i]];
    targets[i].histogram = &pool_[node.histogram];
    targets[i].parts = (node.count + part_rows - 1) / part_rows;
    for (int64_t begin = 0; begin < node.count; begin += part_rows) {
      const int64_t first = node.begin + begin;
      // The root's rows are the table's, in their order.
      const bool in_order = node.depth == 0 && every_row;
      parts.push_back({i,
                       {in_order ? nullptr : order_->data() + first, first,
                        std::min(part_rows, node.count - begin)}});
    }
  }
  scratch_.resize(std::max(scratch_.size(), static_cast<size_t>(NumThreads())));
  for (AlignedVector<int64_t>& words : scratch_) {
    words.resize(static_cast<size_t>(shape_.columns() * kMaxBins));
  }
  RunBlocks(static_cast<int64_t>(parts.size()), rows * shape_.columns(),
            [&](int64_t part, int thread) {
              AddRows(shape_, table_, parts[part].rows, pairs_, &targets[parts[part].target],
                      &scratch_[thread]);
            });
}

void TreeGrower::FindSplits(const std::vector<Family>& families) {
  for (const Family& family : families) {
    if (family.derived < 0) continue;
    GrownNode& parent = nodes_[family.parent];
    GrownNode& child = nodes_[family.derived];
    const bool wide = child.count > kPackedRows;
    // In its parent's place where it is of the same form.
    if (pool_[parent.histogram].wide == wide) {
      child.histogram = parent.histogram;
    } else {
      child.histogram = pool_.Acquire(wide);
    }
  }
  const int64_t groups =
      (static_cast<int64_t>(columns_.size()) + kColumnsTogether - 1) / kColumnsTogether;
  struct Best {
    NodeSplit of[2];
  };
  std::vector<Best> best(families.size() * static_cast<size_t>(groups));
  const auto children = [](const Family& family) {
    return std::array<int32_t, 2>{family.built[0],
                                  family.derived >= 0 ? family.derived : family.built[1]};
  };
  const int64_t tasks = static_cast<int64_t>(best.size());
  RunBlocks(tasks, tasks * kColumnsTogether * kMaxBins, [&](int64_t task, int) {
    const Family& family = families[task / groups];
    const size_t begin = static_cast<size_t>(task % groups * kColumnsTogether);
    const size_t end = std::min(columns_.size(), begin + kColumnsTogether);
    for (size_t i = begin; i < end; ++i) {
      const int32_t column = columns_[i];
      if (family.derived >= 0) {
        SubtractColumn(shape_, column, pool_[nodes_[family.parent].histogram],
                       pool_[nodes_[family.built[0]].histogram],
                       &pool_[nodes_[family.derived].histogram]);
      }
      for (int which = 0; which < 2; ++which) {
        const int32_t child = children(family)[which];
        if (child < 0 || !MaySplit(nodes_[child])) continue;
        FindSplit(rule_, nodes_[child].sums, bins_[column], column, directions_[column],
                  pool_[nodes_[child].histogram], &best[task].of[which]);
      }
    }
  });
  for (size_t f = 0; f < families.size(); ++f) {
    const Family& family = families[f];
    if (family.parent >= 0) {
      GrownNode& parent = nodes_[family.parent];
      if (family.derived >= 0 && nodes_[family.derived].histogram == parent.histogram) {
        parent.histogram = -1;
      }
      DropHistogram(family.parent);
    }
    for (int which = 0; which < 2; ++which) {
      const int32_t child = children(family)[which];
      if (child < 0) continue;
      NodeSplit& split = nodes_[child].split;
      for (int64_t group = 0; group < groups; ++group) {
        const NodeSplit& found = best[f * static_cast<size_t>(groups) + group].of[which];
        if (found.column >= 0 && (split.column < 0 || found.gain > split.gain)) split = found;
      }
      if (split.column < 0 || pool_.used_bytes() > kHistogramBytes) DropHistogram(child);
    }
  }
}

void TreeGrower::DropHistogram(int32_t node) {
  if (nodes_[node].histogram < 0) return;
  pool_.Release(nodes_[node].histogram);
  nodes_[node].histogram = -1;
}

}  // namespace tidewright
