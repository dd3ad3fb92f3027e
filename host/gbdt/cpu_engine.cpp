#include "host/gbdt/cpu_engine.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "host/core/aligned.h"
#include "host/core/parallel.h"
#include "host/gbdt/histogram.h"
#include "host/gbdt/partition.h"
#include "host/gbdt/training_plan.h"

namespace tidewright {
namespace {

constexpr int64_t kColumnsTogether = 8;                  // whose splits one task looks for
constexpr int64_t kNodesTogether = 128;                  // bounds the histograms of a level
constexpr int64_t kLeastPart = 4096;                     // rows that one task adds up
constexpr int64_t kSmallWork = 400'000;                  // done before other threads have begun
constexpr int64_t kHistogramBytes = int64_t{256} << 20;  // kept for subtraction
constexpr int64_t kRowsTogether = 32768;                 // whose margins one task moves

// Loops too short to be worth other threads run on this one.
void RunBlocks(int64_t blocks, int64_t work, const std::function<void(int64_t, int)>& body) {
  if (work >= kSmallWork) return ParallelBlocks(blocks, body);
  for (int64_t block = 0; block < blocks; ++block) body(block, 0);
}

// How many rows a task takes, of `rows` in all: which rows are taken together does not show.
int64_t PartRows(int64_t rows, bool alone) {
  const int64_t threads = NumThreads();
  if (alone || threads == 1) return kPackedRows;
  return std::clamp(rows / (4 * threads), kLeastPart, kPackedRows);
}

HistogramShape ShapeOf(const std::vector<ColumnBins>& bins) {
  HistogramShape shape;
  for (const ColumnBins& column : bins) shape.bins.push_back(column.values + 1);
  return shape;
}

class CpuEngine : public TreeEngine {
 public:
  explicit CpuEngine(EngineInput input)
      : config_(*input.config),
        bins_(*input.bins),
        directions_(std::move(input.directions)),
        table_(std::move(input.table)),
        label_(std::move(input.label)),
        weight_(std::move(input.weight)),
        shape_(ShapeOf(bins_)),
        pool_(shape_.columns()),
        pairs_(label_.size()) {}

  void SetMargins(const std::vector<float>& margins) override { margins_ = margins; }
  void AddTrees(const std::vector<BinnedTree>& trees) override {
    tidewright::AddTrees(trees, table_, margins_.data());
  }
  RowSummary Summarise() override { return SummariseRows(Rows()); }

  void BeginTree(const TreePlan& plan, GrownNode* root) override {
    plan_ = plan;
    QuantiseRows(Rows(), plan.quantum, RoundingKey(config_, plan.tree), pairs_.data());
    SampleRows(config_, plan.tree, table_.rows, &order_);
    moved_.resize(order_.size());
    pool_.ReleaseAll();
    root->count = static_cast<int64_t>(order_.size());
    for (const uint32_t row : order_) {
      const int64_t word = PackedWord(pairs_[row]);
      root->sums.hessian += PackedHessian(word);
      root->sums.gradient += PackedGradient(word);
    }
  }

  int64_t NodesTogether() const override { return kNodesTogether; }

  std::vector<int64_t> Partition(const std::vector<GrownNode>& nodes,
                                 const std::vector<int32_t>& parents) override {
    std::vector<RowMove> moves;
    int64_t rows = 0;
    for (const int32_t parent : parents) {
      const GrownNode& node = nodes[parent];
      RowMove move;
      move.column = table_.Column(node.split.column);
      move.begin = node.begin;
      move.count = node.count;
      for (int32_t bin = 0; bin < shape_.bins[node.split.column]; ++bin) {
        move.goes_left[bin] = node.split.GoesLeft(bin) ? 1 : 0;
      }
      moves.push_back(move);
      rows += node.count;
    }
    PartitionRows(&moves, PartRows(rows, rows < kSmallWork / 4), order_.data(), moved_.data());
    std::vector<int64_t> left_counts;
    for (const RowMove& move : moves) left_counts.push_back(move.left_count);
    return left_counts;
  }

  void FindSplits(const std::vector<Family>& families, std::vector<GrownNode>* nodes) override {
    BuildHistograms(families, nodes);
    PlaceDerived(families, nodes);
    const int64_t groups =
        (static_cast<int64_t>(plan_.columns.size()) + kColumnsTogether - 1) / kColumnsTogether;
    std::vector<std::array<NodeSplit, 2>> best(families.size() * static_cast<size_t>(groups));
    const int64_t tasks = static_cast<int64_t>(best.size());
    RunBlocks(tasks, tasks * kColumnsTogether * kMaxBins, [&](int64_t task, int) {
      SearchColumns(families[task / groups], task % groups * kColumnsTogether, *nodes, &best[task]);
    });
    for (size_t f = 0; f < families.size(); ++f) {
      const Family& family = families[f];
      for (int which = 0; which < 2; ++which) {
        if (family.searched[which] < 0) continue;
        NodeSplit& split = (*nodes)[family.searched[which]].split;
        for (int64_t group = 0; group < groups; ++group) {
          const NodeSplit& found = best[f * static_cast<size_t>(groups) + group][which];
          if (found.column >= 0 && (split.column < 0 || found.gain > split.gain)) split = found;
        }
      }
      GiveUp(family, nodes);
    }
  }

  void EndTree(const std::vector<LeafRange>& leaves, const BinnedTree& tree) override {
    // Where all rows were in it, each leaf's lie together and no tree is walked.
    if (static_cast<int64_t>(order_.size()) < table_.rows) return AddTrees({tree});
    std::vector<LeafRange> parts;
    for (const LeafRange& leaf : leaves) {
      for (int64_t begin = 0; begin < leaf.count; begin += kRowsTogether) {
        parts.push_back(
            {leaf.begin + begin, std::min(kRowsTogether, leaf.count - begin), leaf.value});
      }
    }
    RunBlocks(static_cast<int64_t>(parts.size()), table_.rows, [&](int64_t part, int) {
      const uint32_t* rows = order_.data() + parts[part].begin;
      for (int64_t i = 0; i < parts[part].count; ++i) margins_[rows[i]] += parts[part].value;
    });
  }

  void Watch(BinnedTable rows, std::vector<float> margins) override {
    watched_ = std::move(rows);
    watched_margins_ = std::move(margins);
  }
  void AddToWatched(const BinnedTree& tree) override {
    tidewright::AddTrees({tree}, watched_, watched_margins_.data());
  }
  std::vector<float> WatchedMargins() override { return watched_margins_; }

 private:
  TrainingRows Rows() const {
    return {table_.rows, margins_.data(), label_.data(),
            weight_.empty() ? nullptr : weight_.data()};
  }

  void BuildHistograms(const std::vector<Family>& families, std::vector<GrownNode>* nodes) {
    struct Part {
      size_t target;
      RowList rows;
    };
    std::vector<int32_t> built;
    int64_t rows = 0;
    for (const Family& family : families) {
      for (const int32_t node : family.built) {
        if (node < 0) continue;
        built.push_back(node);
        rows += (*nodes)[node].count;
        (*nodes)[node].histogram = pool_.Acquire((*nodes)[node].count > kPackedRows);
      }
    }
    const int64_t work = rows * shape_.columns();
    const int64_t part_rows = PartRows(rows, work < kSmallWork);
    std::vector<HistogramTarget> targets(built.size());
    std::vector<Part> parts;
    const bool every_row = static_cast<int64_t>(order_.size()) == table_.rows;
    for (size_t i = 0; i < built.size(); ++i) {
      const GrownNode& node = (*nodes)[built[i]];
      targets[i].histogram = &pool_[node.histogram];
      targets[i].parts = (node.count + part_rows - 1) / part_rows;
      // The root's rows are the table's, in their order.
      const bool in_order = node.depth == 0 && every_row;
      for (int64_t begin = 0; begin < node.count; begin += part_rows) {
        const int64_t first = node.begin + begin;
        parts.push_back({i,
                         {in_order ? nullptr : order_.data() + first, first,
                          std::min(part_rows, node.count - begin)}});
      }
    }
    scratch_.resize(std::max(scratch_.size(), static_cast<size_t>(NumThreads())));
    for (AlignedVector<int64_t>& words : scratch_) {
      words.resize(static_cast<size_t>(shape_.columns() * kMaxBins));
    }
    RunBlocks(static_cast<int64_t>(parts.size()), work, [&](int64_t part, int thread) {
      AddRows(shape_, table_, parts[part].rows, pairs_.data(), &targets[parts[part].target],
              &scratch_[thread]);
    });
  }

  // A derived histogram lies in its parent's place where both are of the same form.
  void PlaceDerived(const std::vector<Family>& families, std::vector<GrownNode>* nodes) {
    for (const Family& family : families) {
      if (family.derived < 0) continue;
      const int parent = (*nodes)[family.parent].histogram;
      GrownNode& child = (*nodes)[family.derived];
      const bool wide = child.count > kPackedRows;
      child.histogram = pool_[parent].wide == wide ? parent : pool_.Acquire(wide);
    }
  }

  void SearchColumns(const Family& family, int64_t first, const std::vector<GrownNode>& nodes,
                     std::array<NodeSplit, 2>* best) {
    const auto begin = static_cast<size_t>(first);
    const size_t end = std::min(plan_.columns.size(), begin + kColumnsTogether);
    for (size_t i = begin; i < end; ++i) {
      const int32_t column = plan_.columns[i];
      if (family.derived >= 0) {
        SubtractColumn(shape_, column, pool_[nodes[family.parent].histogram],
                       pool_[nodes[family.built[0]].histogram],
                       &pool_[nodes[family.derived].histogram]);
      }
      for (int which = 0; which < 2; ++which) {
        if (family.searched[which] < 0) continue;
        const GrownNode& node = nodes[family.searched[which]];
        FindSplit(plan_.rule, node.sums, bins_[column], column, directions_[column],
                  pool_[node.histogram], &(*best)[which]);
      }
    }
  }

  // Histograms that no child will be derived from.
  void GiveUp(const Family& family, std::vector<GrownNode>* nodes) {
    if (family.parent >= 0) {
      GrownNode& parent = (*nodes)[family.parent];
      const bool passed_on =
          family.derived >= 0 && (*nodes)[family.derived].histogram == parent.histogram;
      if (passed_on) parent.histogram = -1;
      Release(&parent);
    }
    for (const int32_t child : {family.built[0], family.built[1], family.derived}) {
      if (child < 0) continue;
      GrownNode& node = (*nodes)[child];
      if (node.split.column < 0 || pool_.used_bytes() > kHistogramBytes) Release(&node);
    }
  }

  void Release(GrownNode* node) {
    if (node->histogram >= 0) pool_.Release(node->histogram);
    node->histogram = -1;
  }

  const GbdtConfig& config_;
  const std::vector<ColumnBins>& bins_;
  std::vector<int> directions_;
  BinnedTable table_;
  std::vector<float> label_;
  std::vector<float> weight_;
  HistogramShape shape_;
  HistogramPool pool_;
  std::vector<AlignedVector<int64_t>> scratch_;  // a histogram a thread
  std::vector<float> margins_;
  AlignedVector<uint32_t> pairs_;
  AlignedVector<uint32_t> order_;
  AlignedVector<uint32_t> moved_;
  TreePlan plan_;
  BinnedTable watched_;
  std::vector<float> watched_margins_;
};

}  // namespace

std::unique_ptr<TreeEngine> MakeCpuEngine(EngineInput input) {
  return std::make_unique<CpuEngine>(std::move(input));
}

}  // namespace tidewright
