#include "host/logistic/logistic_solver.h"

#include <cmath>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/logistic/logistic_core.h"
#include "host/metrics/classification.h"

namespace tidewright {
namespace {

// The same function of the columns in terms centred and scaled as `to` is.
void CarryOver(const LinearModel& from, LinearModel* to) {
  if (from.features != to->features || from.feature != to->feature ||
      from.category != to->category) {
    throw DataError(
        "the model to go on from has other terms than this table: expected the same columns with "
        "the same categories and missing values in use; train without it");
  }
  to->intercept = from.intercept;
  for (int64_t term = 0; term < to->terms(); ++term) {
    to->coefficient[term] = from.coefficient[term] * (from.scale[term] / to->scale[term]);
    to->intercept +=
        from.coefficient[term] * from.scale[term] * (to->center[term] - from.center[term]);
  }
}

double BaseLogOdds(const LogisticConfig& config, const FeatureTable& table) {
  double positive = 0;
  double negative = 0;
  for (int64_t row = 0; row < table.rows; ++row) {
    const double weight = table.weight.empty() ? 1.0 : table.weight[row];
    (table.label[row] == 1.0f ? positive : negative) += weight;
  }
  return std::log(config.scale_pos_weight * positive / negative);
}

std::vector<double> VariablesOf(const LinearModel& model) {
  std::vector<double> x = model.coefficient;
  x.push_back(model.intercept);
  return x;
}

class LogisticSolver : public Solver {
 public:
  LogisticSolver(const LogisticConfig& config, LinearModel start,
                 std::unique_ptr<SmoothObjective> objective)
      : model_(std::move(start)),
        objective_(std::move(objective)),
        lbfgs_({config.memory, config.tolerance, config.l1, model_.terms()}, VariablesOf(model_)) {}

  void AttachValidation(const ValidationSet& validation) override { validation_ = validation; }

  EpochStats RunEpoch(const StopFlag& stop) override {
    const Lbfgs::Outcome outcome = lbfgs_.Step(*objective_, stop);
    EpochStats stats;
    stats.finished = outcome.finished;
    if (!stats.finished) return stats;
    stats.converged = outcome.converged;
    stats.loss = lbfgs_.value();
    if (validation_.table != nullptr) stats.validation = Validate();
    return stats;
  }

  Model Snapshot() const override { return Current(); }

  State Save() const override {
    State state;
    lbfgs_.Save(&state);
    return state;
  }

  void Restore(const State& state) override { lbfgs_.Restore(state); }

 private:
  LinearModel Current() const {
    LinearModel model = model_;
    model.coefficient.assign(lbfgs_.x().begin(), lbfgs_.x().end() - 1);
    model.intercept = lbfgs_.x().back();
    return model;
  }

  double Validate() const {
    const FeatureTable& table = *validation_.table;
    ScoredRows rows;
    rows.probability = LinearMargins(Current(), table);
    ParallelRanges(table.rows, 16384, [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        rows.probability[row] = ProbabilityOf(rows.probability[row]);
      }
    });
    rows.label = table.label;
    rows.weight = table.weight;
    return ClassificationMetric(validation_.metric, rows);
  }

  LinearModel model_;  // its terms; the coefficients are those it began with
  std::unique_ptr<SmoothObjective> objective_;
  Lbfgs lbfgs_;
  ValidationSet validation_;
};

}  // namespace

LinearModel StartingModel(const LogisticConfig& config, const TableProblem& problem) {
  LinearModel model = MakeTerms(problem.train);
  if (problem.start == nullptr) {
    model.intercept = BaseLogOdds(config, problem.train);
    return model;
  }
  const LinearModel* start = std::get_if<LinearModel>(problem.start);
  if (start == nullptr) {
    throw DataError("the model to go on from is no logistic regression: expected a linear model");
  }
  CarryOver(*start, &model);
  return model;
}

std::unique_ptr<Solver> MakeLogisticSolver(const LogisticConfig& config, LinearModel start,
                                           std::unique_ptr<SmoothObjective> objective) {
  return std::make_unique<LogisticSolver>(config, std::move(start), std::move(objective));
}

}  // namespace tidewright
