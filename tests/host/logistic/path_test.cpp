#include "host/logistic/path.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/table_split.h"
#include "host/logistic/logistic_core.h"
#include "host/metrics/classification.h"
#include "tests/support/logistic_reference.h"

namespace tidewright {
namespace {

FeatureTable NoisyTable() {
  ChurnLikeOptions options;
  options.rows = 300;
  return MakeChurnLikeTable(options);
}

LinearModel FitAll(const LogisticConfig& config, const FeatureTable& table) {
  TableProblem problem;
  problem.train = table;
  const std::unique_ptr<Solver> solver = MakeLogisticCpu(config, std::move(problem));
  for (int64_t epoch = 0; epoch < config.epochs; ++epoch) {
    if (solver->RunEpoch(StopFlag()).converged) break;
  }
  return std::get<LinearModel>(solver->Snapshot());
}

TEST(PathTest, TheGridFallsEvenlyInItsLogarithm) {
  for (const PathPenalty penalty : {PathPenalty::kL1, PathPenalty::kL2}) {
    const std::vector<double> grid = PenaltyGrid({}, penalty, NoisyTable(), 9);
    ASSERT_EQ(grid.size(), 9u);
    for (size_t i = 2; i < grid.size(); ++i) {
      EXPECT_NEAR(grid[i] / grid[i - 1], grid[1] / grid[0], 1e-12);
      EXPECT_LT(grid[i], grid[i - 1]);
    }
  }
  EXPECT_THROW(PenaltyGrid({}, PathPenalty::kL1, NoisyTable(), 1), UsageError);
}

TEST(PathTest, TheLargestL1IsTheSmallestThatLeavesNothingIn) {
  const FeatureTable table = NoisyTable();
  LogisticConfig config;
  const double largest = PenaltyGrid(config, PathPenalty::kL1, table, 3)[0];
  config.l1 = largest * 1.0001;
  for (const double c : FitAll(config, table).coefficient) EXPECT_EQ(c, 0);
  config.l1 = largest * 0.99;
  int64_t used = 0;
  for (const double c : FitAll(config, table).coefficient) used += c != 0 ? 1 : 0;
  EXPECT_EQ(used, 1);
}

TEST(PathTest, EachPointIsTheMeanOfModelsTrainedAlone) {
  const FeatureTable table = NoisyTable();
  const std::vector<int32_t> folds = AssignFolds(table, 4, 3, 0);
  for (const PathPenalty penalty : {PathPenalty::kL1, PathPenalty::kL2}) {
    LogisticConfig config;
    config.l2 = 0.03;
    const std::vector<double> grid = {1, 0.3, 0.1, 0.03, 0.01};
    const RegularizationPath path =
        CrossValidatePath(config, penalty, grid, table, folds, StopFlag());
    ASSERT_EQ(path.points.size(), 5u);
    for (size_t i = 0; i < grid.size(); ++i) {
      PenaltyOf(config, penalty) = grid[i];
      std::vector<double> losses;
      double mean = 0;
      for (int fold = 0; fold < 4; ++fold) {
        const TableRows rows = RowsOfFold(folds, fold);
        const LinearModel model = FitAll(config, SelectRows(table, rows.train));
        const FeatureTable held_out = SelectRows(table, rows.held_out);
        ScoredRows scored;
        for (const double margin : LinearMargins(model, held_out)) {
          scored.probability.push_back(ProbabilityOf(margin));
        }
        scored.label = held_out.label;
        scored.weight = held_out.weight;
        losses.push_back(ClassificationMetric("log_loss", scored));
        mean += losses.back() / 4;
      }
      double squares = 0;
      for (const double loss : losses) squares += (loss - mean) * (loss - mean);
      EXPECT_EQ(path.points[i].penalty, grid[i]);
      EXPECT_NEAR(path.points[i].log_loss, mean, 1e-6);
      EXPECT_NEAR(path.points[i].standard_error, std::sqrt(squares / 3 / 4), 1e-6);
    }
  }
}

TEST(PathTest, OneStandardErrorChoosesTheStrongerPenalty) {
  const FeatureTable table = NoisyTable();
  const LogisticConfig config;
  const std::vector<double> grid = PenaltyGrid(config, PathPenalty::kL1, table, 20);
  const RegularizationPath path = CrossValidatePath(config, PathPenalty::kL1, grid, table,
                                                    AssignFolds(table, 5, 1, 0), StopFlag());
  const PathPoint& best = path.points[path.best];
  const PathPoint& chosen = path.points[path.chosen];
  EXPECT_GT(chosen.penalty, best.penalty);
  EXPECT_LT(chosen.terms, best.terms);
  EXPECT_LE(chosen.log_loss, best.log_loss + best.standard_error);
  for (const PathPoint& point : path.points) {
    EXPECT_GE(point.log_loss, best.log_loss);
    if (point.penalty > chosen.penalty) {
      EXPECT_GT(point.log_loss, best.log_loss + best.standard_error);
    }
  }
  EXPECT_LT(path.points.front().terms, 1);  // the whole table's largest value, on other rows
  EXPECT_GT(path.points.back().terms, 8);
}

TEST(PathTest, TheSameForAnyNumberOfThreads) {
  const FeatureTable table = NoisyTable();
  const LogisticConfig config;
  const std::vector<double> grid = PenaltyGrid(config, PathPenalty::kL1, table, 6);
  const std::vector<int32_t> folds = AssignFolds(table, 3, 1, 0);
  std::vector<RegularizationPath> paths;
  for (const int threads : {1, 2, 8}) {
    SetNumThreads(threads);
    paths.push_back(CrossValidatePath(config, PathPenalty::kL1, grid, table, folds, StopFlag()));
  }
  SetNumThreads(0);
  for (size_t i = 0; i < grid.size(); ++i) {
    EXPECT_EQ(paths[0].points[i].log_loss, paths[1].points[i].log_loss);
    EXPECT_EQ(paths[0].points[i].log_loss, paths[2].points[i].log_loss);
  }
}

TEST(PathTest, ProgressCountsAndAStopIsObeyed) {
  const FeatureTable table = NoisyTable();
  const std::vector<int32_t> folds = AssignFolds(table, 3, 1, 0);
  int64_t last = 0;
  CrossValidatePath({}, PathPenalty::kL2, {1, 0.1}, table, folds, StopFlag(),
                    [&](int64_t done, int64_t of) {
                      EXPECT_EQ(done, last + 1);
                      EXPECT_EQ(of, 6);
                      last = done;
                    });
  EXPECT_EQ(last, 6);
  StopFlag stop;
  stop.Request();
  EXPECT_TRUE(CrossValidatePath({}, PathPenalty::kL2, {1, 0.1}, table, folds, stop).points.empty());
}

TEST(PathTest, AConfigurationAsksForAPathOrLeavesThePenalties) {
  const FeatureTable table = NoisyTable();
  LogisticConfig config;
  EXPECT_FALSE(ChoosePenalty(config, table, StopFlag()).has_value());
  config.path = 8;
  config.path_penalty = "l1";
  config.path_folds = 3;
  const std::optional<PenaltyChoice> strong = ChoosePenalty(config, table, StopFlag());
  ASSERT_TRUE(strong.has_value());
  EXPECT_EQ(strong->config.l1, strong->path.points[strong->path.chosen].penalty);
  EXPECT_EQ(strong->config.l2, config.l2);
  config.path_rule = "best";
  const std::optional<PenaltyChoice> best = ChoosePenalty(config, table, StopFlag());
  EXPECT_EQ(best->config.l1, best->path.points[best->path.best].penalty);
  EXPECT_LT(best->config.l1, strong->config.l1);
  StopFlag stop;
  stop.Request();
  EXPECT_FALSE(ChoosePenalty(config, table, stop).has_value());
}

}  // namespace
}  // namespace tidewright
