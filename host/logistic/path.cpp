#include "host/logistic/path.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/table_split.h"
#include "host/logistic/logistic_core.h"
#include "host/logistic/logistic_solver.h"
#include "host/logistic/logistic_table.h"
#include "host/metrics/classification.h"

namespace tidewright {
namespace {

constexpr double kLargestL2 = 10;
constexpr double kSmallestL2 = 1e-6;
constexpr double kL1Range = 1e4;
// To choose by: a finer one takes twice as long and moves the log loss in its seventh digit.
constexpr double kPathTolerance = 1e-6;
// Smaller tables do not fill the threads: their folds run at the same time.
constexpr int64_t kSmallTable = 1 << 22;

double HeldOutLoss(const LinearModel& model, const FeatureTable& held_out) {
  ScoredRows rows;
  rows.probability = LinearMargins(model, held_out);
  for (double& value : rows.probability) value = ProbabilityOf(value);
  rows.label = held_out.label;
  rows.weight = held_out.weight;
  return ClassificationMetric("log_loss", rows);
}

// What one fold says of each value.
struct FoldPath {
  std::vector<double> log_loss;
  std::vector<double> terms;
};

class FoldRun {
 public:
  FoldRun(const LogisticConfig& config, PathPenalty penalty, const std::vector<double>& values,
          const StopFlag& stop)
      : config_(config), penalty_(penalty), values_(values), stop_(stop) {}

  FoldPath Run(const FeatureTable& table, const TableRows& rows,
               const std::function<void()>& progress) const {
    FoldPath path;
    TableProblem problem;
    problem.train = SelectRows(table, rows.train);
    const FeatureTable held_out = SelectRows(table, rows.held_out);
    LinearModel model = StartingModel(config_, problem);
    LogisticTable objective(model, config_.l2,
                            EncodeTable(model, config_.scale_pos_weight, std::move(problem.train)));
    for (const double value : values_) {
      LogisticConfig config = config_;
      PenaltyOf(config, penalty_) = value;
      objective.SetL2(config.l2);
      if (!Minimise(config, &objective, &model)) return path;
      path.log_loss.push_back(HeldOutLoss(model, held_out));
      path.terms.push_back(static_cast<double>(
          model.terms() - std::count(model.coefficient.begin(), model.coefficient.end(), 0.0)));
      progress();
    }
    return path;
  }

 private:
  // From the model's coefficients to those of the minimum; false where it was stopped.
  bool Minimise(const LogisticConfig& config, LogisticTable* objective, LinearModel* model) const {
    std::vector<double> x = model->coefficient;
    x.push_back(model->intercept);
    const double tolerance = std::max(config.tolerance, kPathTolerance);
    Lbfgs lbfgs({config.memory, tolerance, config.l1, model->terms()}, std::move(x));
    for (int64_t epoch = 0; epoch < config.epochs; ++epoch) {
      if (stop_.requested()) return false;
      const Lbfgs::Outcome outcome = lbfgs.Step(*objective, stop_);
      if (!outcome.finished) return false;
      if (outcome.converged) break;
    }
    model->coefficient.assign(lbfgs.x().begin(), lbfgs.x().end() - 1);
    model->intercept = lbfgs.x().back();
    return true;
  }

  const LogisticConfig& config_;
  PathPenalty penalty_;
  const std::vector<double>& values_;
  const StopFlag& stop_;
};

PathPoint PointOf(double value, size_t index, const std::vector<FoldPath>& folds) {
  const double count = static_cast<double>(folds.size());
  PathPoint point;
  point.penalty = value;
  for (const FoldPath& fold : folds) {
    point.log_loss += fold.log_loss[index] / count;
    point.terms += fold.terms[index] / count;
  }
  double squares = 0;
  for (const FoldPath& fold : folds) {
    const double from_mean = fold.log_loss[index] - point.log_loss;
    squares += from_mean * from_mean;
  }
  point.standard_error = std::sqrt(squares / (count - 1) / count);
  return point;
}

void Choose(RegularizationPath* path) {
  const std::vector<PathPoint>& points = path->points;
  for (size_t i = 1; i < points.size(); ++i) {
    if (points[i].log_loss < points[path->best].log_loss) path->best = i;
  }
  const double limit = points[path->best].log_loss + points[path->best].standard_error;
  path->chosen = path->best;
  for (size_t i = 0; i < points.size(); ++i) {
    const bool stronger = points[i].penalty > points[path->chosen].penalty;
    if (stronger && points[i].log_loss <= limit) path->chosen = i;
  }
}

}  // namespace

double& PenaltyOf(LogisticConfig& config, PathPenalty penalty) {
  return penalty == PathPenalty::kL1 ? config.l1 : config.l2;
}

std::vector<double> PenaltyGrid(const LogisticConfig& config, PathPenalty penalty,
                                const FeatureTable& table, int count) {
  if (count < 2) throw UsageError("a regularization path needs at least 2 values");
  double largest = kLargestL2;
  double smallest = kSmallestL2;
  if (penalty == PathPenalty::kL1) {
    TableProblem problem;
    problem.train = table;
    const LinearModel start = StartingModel(config, problem);
    LogisticTable objective(start, config.l2,
                            EncodeTable(start, config.scale_pos_weight, std::move(problem.train)));
    std::vector<double> x(static_cast<size_t>(start.terms()) + 1, 0.0);
    x.back() = start.intercept;
    std::vector<double> gradient;
    objective.Evaluate(x, &gradient);
    gradient.pop_back();
    largest = 0;
    for (const double g : gradient) largest = std::max(largest, std::abs(g));
    smallest = largest / kL1Range;
  }
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(largest * std::pow(smallest / largest, static_cast<double>(i) / (count - 1)));
  }
  return values;
}

RegularizationPath CrossValidatePath(const LogisticConfig& config, PathPenalty penalty,
                                     const std::vector<double>& values, const FeatureTable& table,
                                     const std::vector<int32_t>& folds, const StopFlag& stop,
                                     const PathProgress& progress) {
  const int64_t count = folds.empty() ? 0 : 1 + *std::max_element(folds.begin(), folds.end());
  if (count < 2) throw UsageError("a regularization path needs at least 2 folds");
  std::vector<FoldPath> fold_paths(static_cast<size_t>(count));
  std::mutex progress_mutex;
  int64_t done = 0;
  const auto report = [&] {
    const std::lock_guard<std::mutex> lock(progress_mutex);
    ++done;
    if (progress) progress(done, count * static_cast<int64_t>(values.size()));
  };
  const FoldRun run(config, penalty, values, stop);
  const auto one = [&](int64_t fold, int) {
    fold_paths[fold] = run.Run(table, RowsOfFold(folds, static_cast<int>(fold)), report);
  };
  if (table.rows * static_cast<int64_t>(table.columns.size()) < kSmallTable) {
    ParallelBlocks(count, one);
  } else {
    for (int64_t fold = 0; fold < count; ++fold) one(fold, 0);
  }
  RegularizationPath path;
  for (const FoldPath& fold : fold_paths) {
    if (fold.log_loss.size() < values.size()) return path;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    path.points.push_back(PointOf(values[i], i, fold_paths));
  }
  if (!path.points.empty()) Choose(&path);
  return path;
}

std::optional<PenaltyChoice> ChoosePenalty(const LogisticConfig& config, const FeatureTable& table,
                                           const StopFlag& stop, const PathProgress& progress) {
  if (config.path == 0) return std::nullopt;
  const PathPenalty penalty = config.path_penalty == "l1" ? PathPenalty::kL1 : PathPenalty::kL2;
  PenaltyChoice choice;
  choice.config = config;
  choice.path = CrossValidatePath(
      config, penalty, PenaltyGrid(config, penalty, table, static_cast<int>(config.path)), table,
      AssignFolds(table, static_cast<int>(config.path_folds), static_cast<uint64_t>(config.seed),
                  0),
      stop, progress);
  const RegularizationPath& path = choice.path;
  if (path.points.empty()) return std::nullopt;
  const size_t taken = config.path_rule == "best" ? path.best : path.chosen;
  PenaltyOf(choice.config, penalty) = path.points[taken].penalty;
  return choice;
}

}  // namespace tidewright
