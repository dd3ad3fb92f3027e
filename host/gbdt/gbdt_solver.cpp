#include "host/gbdt/gbdt_solver.h"

#include <cstdint>
#include <string>
#include <utility>

#include "host/core/errors.h"
#include "host/gbdt/ensemble.h"
#include "host/gbdt/grower.h"
#include "host/gbdt/training_plan.h"
#include "host/metrics/classification.h"

namespace tidewright {
namespace {

double Measure(const std::string& metric, const FeatureTable& table,
               const std::vector<float>& margins) {
  ScoredRows scored;
  scored.label = table.label;
  scored.weight = table.weight;
  scored.probability.reserve(margins.size());
  for (const float margin : margins) scored.probability.push_back(PortableProbability(margin));
  return ClassificationMetric(metric, scored);
}

class GbdtSolver : public Solver {
 public:
  GbdtSolver(const GbdtConfig& config, TableProblem problem,
             const std::function<std::unique_ptr<TreeEngine>(EngineInput)>& make_engine)
      : config_(config) {
    CheckFields(FieldsOf(config_), "gbdt");
    CheckGrowth(config_);
    FeatureTable& table = problem.train;
    rows_ = table.rows;
    if (rows_ > INT32_MAX) {
      throw DataError((table.path.empty() ? "the table" : table.path) + ": " +
                      std::to_string(rows_) + " rows; boosted trees take at most " +
                      std::to_string(INT32_MAX));
    }
    EngineInput input;
    input.config = &config_;
    input.directions = MonotoneDirections(config_, table);
    input.weight = RowWeights(config_, table);
    const std::vector<float> margins = Begin(problem, input.weight);
    bins_ = MakeBins(table, table.weight, config_.max_bins, static_cast<uint64_t>(config_.seed));
    input.bins = &bins_;
    input.table = BinTable(bins_, &table);
    input.label = std::move(table.label);
    grower_ = std::make_unique<TreeGrower>(config_, input.directions);
    engine_ = make_engine(std::move(input));
    engine_->SetMargins(margins);
    summary_ = engine_->Summarise();
  }

  void AttachValidation(const ValidationSet& validation) override {
    watched_ = validation.table;
    metric_ = validation.metric;
    engine_->Watch(BinRows(bins_, *watched_), TreeMargins(model_, *watched_));
  }

  EpochStats RunEpoch(const StopFlag& stop) override {
    EpochStats stats;
    if (stop.requested()) return stats;
    const TreePlan plan = PlanOf(model_.trees());
    if (!grower_->Grow(plan, stop, engine_.get())) return stats;
    AppendTree(*grower_, bins_, plan.rule, config_.learning_rate, &model_);
    const BinnedTree tree = BinTree(model_, plan.tree, bins_);
    engine_->EndTree(LeafRanges(*grower_, plan.rule, config_.learning_rate), tree);
    summary_ = engine_->Summarise();
    stats.finished = true;
    stats.loss = summary_.loss;
    if (watched_ != nullptr) {
      engine_->AddToWatched(tree);
      stats.validation = Measure(metric_, *watched_, engine_->WatchedMargins());
    }
    return stats;
  }

  Model Snapshot() const override { return model_; }
  Model Release() override { return std::move(model_); }

  State Save() const override {
    State state;
    state.integers["rows"] = rows_;
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
    if (saved == nullptr || !is("rows", rows_) || !is("start_trees", start_trees_) ||
        saved->trees() < start_trees_ || saved->features != model_.features ||
        saved->base_margin != model_.base_margin) {
      throw DataError("the saved state is not of this table and configuration; train anew");
    }
    std::vector<BinnedTree> trees;
    for (int64_t tree = start_trees_; tree < saved->trees(); ++tree) {
      trees.push_back(BinTree(*saved, tree, bins_));
    }
    std::vector<float> margins = start_margins_;
    if (margins.empty()) margins.assign(static_cast<size_t>(rows_), model_.base_margin);
    engine_->SetMargins(margins);
    engine_->AddTrees(trees);
    model_ = *saved;
    if (watched_ != nullptr) {
      engine_->Watch(BinRows(bins_, *watched_), TreeMargins(model_, *watched_));
    }
    summary_ = engine_->Summarise();
  }

 private:
  // The model to go on from, or none; its margins, while the table still has its values.
  std::vector<float> Begin(const TableProblem& problem, const std::vector<float>& weight) {
    const FeatureTable& table = problem.train;
    model_.features = static_cast<int64_t>(table.columns.size());
    if (problem.start == nullptr) {
      model_.base_margin = BaseMargin(table.label, weight);
      return std::vector<float>(static_cast<size_t>(rows_), model_.base_margin);
    }
    const auto* start = std::get_if<TreeEnsemble>(problem.start);
    if (start == nullptr || start->features != model_.features) {
      throw DataError("the model to start from does not read the " +
                      std::to_string(model_.features) + " columns of " +
                      (table.path.empty() ? "the table" : table.path) +
                      "; expected boosted trees of the same columns");
    }
    model_ = *start;
    start_trees_ = model_.trees();
    start_margins_ = TreeMargins(model_, table);
    return start_margins_;
  }

  TreePlan PlanOf(int64_t tree) const {
    TreePlan plan;
    plan.tree = tree;
    plan.quantum = {QuantumScale(summary_.largest_gradient),
                    QuantumScale(summary_.largest_hessian)};
    plan.rule = RuleOf(config_, plan.quantum);
    const std::vector<uint8_t> asked = ColumnsAsked(config_, tree, model_.features);
    for (int64_t c = 0; c < model_.features; ++c) {
      if (asked[c] != 0) plan.columns.push_back(static_cast<int32_t>(c));
    }
    return plan;
  }

  GbdtConfig config_;
  int64_t rows_ = 0;
  std::vector<ColumnBins> bins_;
  std::unique_ptr<TreeEngine> engine_;
  std::unique_ptr<TreeGrower> grower_;
  TreeEnsemble model_;
  int64_t start_trees_ = 0;
  std::vector<float> start_margins_;  // with a model to start from
  RowSummary summary_;
  const FeatureTable* watched_ = nullptr;
  std::string metric_;
};

}  // namespace

std::unique_ptr<Solver> MakeGbdtSolver(
    const GbdtConfig& config, TableProblem problem,
    const std::function<std::unique_ptr<TreeEngine>(EngineInput)>& make_engine) {
  return std::make_unique<GbdtSolver>(config, std::move(problem), make_engine);
}

std::unique_ptr<Solver> MakeGbdtCpu(const GbdtConfig& config, TableProblem problem) {
  return MakeGbdtSolver(config, std::move(problem), MakeCpuEngine);
}

}  // namespace tidewright
