#include <algorithm>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/gbdt/bins.h"
#include "host/gbdt/ensemble.h"
#include "host/gbdt/gbdt.h"
#include "host/gbdt/gbdt_core.h"
#include "host/gbdt/grower.h"
#include "host/gbdt/row_pass.h"
#include "host/gbdt/training_plan.h"
#include "host/metrics/classification.h"

namespace tidewright {
namespace {

// Validation rows: binned once, their margins go on with each tree.
struct Watched {
  BinnedTable rows;
  std::vector<float> margins;
  const FeatureTable* table = nullptr;
  std::string metric;

  double Measure() const {
    ScoredRows scored;
    scored.label = table->label;
    scored.weight = table->weight;
    for (const float margin : margins) {
      scored.probability.push_back(static_cast<double>(GradientOf(margin, 0).gradient));
    }
    return ClassificationMetric(metric, scored);
  }
};

class GbdtCpu : public Solver {
 public:
  GbdtCpu(const GbdtConfig& config, TableProblem problem) : config_(config) {
    CheckFields(FieldsOf(config_), "gbdt");
    CheckGrowth(config_);
    FeatureTable& table = problem.train;
    spec_ = SpecOf(table).columns;
    const std::vector<int> directions = MonotoneDirections(config_, table);
    weight_ = RowWeights(config_, table);
    Begin(problem);
    bins_ = MakeBins(table, table.weight, config_.max_bins, static_cast<uint64_t>(config_.seed));
    binned_ = BinTable(bins_, &table);
    label_ = std::move(table.label);
    pairs_.resize(label_.size());
    grower_ = std::make_unique<TreeGrower>(config_, &bins_, &binned_, directions);
    summary_ = Summarise();
  }

  void AttachValidation(const ValidationSet& validation) override {
    watched_.table = validation.table;
    watched_.metric = validation.metric;
    watched_.rows = BinRows(bins_, *validation.table);
    watched_.margins = TreeMargins(model_, *validation.table);
  }

  EpochStats RunEpoch(const StopFlag& stop) override {
    EpochStats stats;
    if (stop.requested()) return stats;
    const int64_t tree = model_.trees();
    const Quantum quantum{QuantumScale(summary_.largest_gradient),
                          QuantumScale(summary_.largest_hessian)};
    const SplitRule rule = RuleOf(config_, quantum);
    QuantiseRows(Rows(), quantum, RoundingKey(config_, tree), pairs_.data());
    SampleRows(config_, tree, binned_.rows, &order_);
    const std::vector<uint8_t> asked = ColumnsAsked(config_, tree, spec_size());
    if (!grower_->Grow(&order_, pairs_.data(), rule, asked, stop)) return stats;
    AppendTree(*grower_, bins_, rule, config_.learning_rate, &model_);
    const BinnedTree grown = BinTree(model_, tree, bins_);
    if (order_.size() == label_.size()) {
      AddLeaves(rule);
    } else {
      AddTrees({grown}, binned_, margins_.data());
    }
    summary_ = Summarise();
    stats.finished = true;
    stats.loss = summary_.loss;
    if (watched_.table != nullptr) {
      AddTrees({grown}, watched_.rows, watched_.margins.data());
      stats.validation = watched_.Measure();
    }
    return stats;
  }

  Model Snapshot() const override { return model_; }
  Model Release() override { return std::move(model_); }

  State Save() const override {
    State state;
    state.integers["rows"] = binned_.rows;
    state.integers["start_trees"] = start_trees_;
    state.model = model_;
    return state;
  }

  void Restore(const State& state) override {
    const auto is = [&state](const char* name, int64_t expected) {
      const auto found = state.integers.find(name);
      return found != state.integers.end() && found->second == expected;
    };
    const TreeEnsemble* saved = state.model ? std::get_if<TreeEnsemble>(&*state.model) : nullptr;
    if (saved == nullptr || !is("rows", binned_.rows) || !is("start_trees", start_trees_) ||
        saved->trees() < start_trees_ || saved->features != model_.features ||
        saved->base_margin != model_.base_margin) {
      throw DataError("the saved state is not of this table and configuration; train anew");
    }
    std::vector<BinnedTree> trees;
    for (int64_t tree = start_trees_; tree < saved->trees(); ++tree) {
      trees.push_back(BinTree(*saved, tree, bins_));
    }
    margins_ = start_margins_;
    if (margins_.empty()) margins_.assign(label_.size(), model_.base_margin);
    AddTrees(trees, binned_, margins_.data());
    model_ = *saved;
    if (watched_.table != nullptr) watched_.margins = TreeMargins(model_, *watched_.table);
    summary_ = Summarise();
  }

 private:
  int64_t spec_size() const { return static_cast<int64_t>(spec_.size()); }

  // The model to go on from, or none: its margins on the table while that still has its values.
  void Begin(const TableProblem& problem) {
    const FeatureTable& table = problem.train;
    if (problem.start == nullptr) {
      model_.features = spec_size();
      model_.base_margin = BaseMargin(table.label, weight_);
      margins_.assign(static_cast<size_t>(table.rows), model_.base_margin);
      return;
    }
    const auto* start = std::get_if<TreeEnsemble>(problem.start);
    if (start == nullptr || start->features != spec_size()) {
      throw DataError("the model to start from does not read the " + std::to_string(spec_size()) +
                      " columns of " + (table.path.empty() ? "the table" : table.path) +
                      "; expected boosted trees of the same columns");
    }
    model_ = *start;
    start_trees_ = model_.trees();
    margins_ = TreeMargins(model_, table);
    start_margins_ = margins_;
  }

  TrainingRows Rows() const {
    return {binned_.rows, margins_.data(), label_.data(),
            weight_.empty() ? nullptr : weight_.data()};
  }
  RowSummary Summarise() const { return SummariseRows(Rows()); }

  // Each leaf's rows lie together: no tree is walked.
  void AddLeaves(const SplitRule& rule) {
    struct Range {
      int64_t begin;
      int64_t end;
      float value;
    };
    std::vector<Range> ranges;
    constexpr int64_t kRowsTogether = 32768;
    std::vector<int32_t> open = {0};
    while (!open.empty()) {
      const GrownNode& node = grower_->nodes()[open.back()];
      open.pop_back();
      if (node.chosen) {
        open.push_back(node.left + 1);
        open.push_back(node.left);
        continue;
      }
      const float value = LeafValue(rule, node.sums, config_.learning_rate);
      for (int64_t begin = 0; begin < node.count; begin += kRowsTogether) {
        const int64_t end = std::min(node.count, begin + kRowsTogether);
        ranges.push_back({node.begin + begin, node.begin + end, value});
      }
    }
    ParallelBlocks(static_cast<int64_t>(ranges.size()), [&](int64_t block, int) {
      const Range& range = ranges[block];
      for (int64_t i = range.begin; i < range.end; ++i) margins_[order_[i]] += range.value;
    });
  }

  GbdtConfig config_;
  std::vector<FeatureDescription> spec_;
  std::vector<float> weight_;  // empty: each row counts 1
  std::vector<float> label_;
  std::vector<ColumnBins> bins_;
  BinnedTable binned_;
  std::unique_ptr<TreeGrower> grower_;
  TreeEnsemble model_;
  int64_t start_trees_ = 0;
  std::vector<float> start_margins_;  // with a model to start from
  std::vector<float> margins_;
  std::vector<uint32_t> pairs_;
  std::vector<uint32_t> order_;
  RowSummary summary_;
  Watched watched_;
};

}  // namespace

std::unique_ptr<Solver> MakeGbdtCpu(const GbdtConfig& config, TableProblem problem) {
  return std::make_unique<GbdtCpu>(config, std::move(problem));
}

}  // namespace tidewright
