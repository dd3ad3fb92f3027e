#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/linalg/simd.h"
#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

class GbdtTraining : public testing::Test {
 protected:
  ~GbdtTraining() override { SetNumThreads(0); }
};

double MeanLoss(const std::vector<float>& margins, const FeatureTable& table) {
  double loss = 0;
  double weight = 0;
  for (int64_t row = 0; row < table.rows; ++row) {
    const double w = table.weight.empty() ? 1 : table.weight[row];
    const double m = table.label[row] > 0.5f ? margins[row] : -margins[row];
    loss += w * std::log1p(std::exp(-m));
    weight += w;
  }
  return loss / weight;
}

// The loss that an epoch reports comes from margins kept by bins; TreeMargins asks thresholds.
TEST_F(GbdtTraining, TheModelOnRawValuesGivesTheLossThatTheEpochReports) {
  for (const char* growth : {"depthwise", "leafwise"}) {
    for (const int64_t categories : {3, 12, 400}) {
      const FeatureTable table = MixedTable(3000, categories);
      GbdtConfig config;
      config.growth = growth;
      config.epochs = 12;
      config.max_leaves = 20;
      config.max_bins = 32;
      const TrainedTrees trained = TrainTrees(config, table);
      EXPECT_NEAR(MeanLoss(TreeMargins(trained.model, table), table), trained.losses.back(), 1e-6)
          << growth << categories;
    }
  }
}

TEST_F(GbdtTraining, TheLossFallsWithEveryTree) {
  GbdtConfig config;
  config.epochs = 30;
  const TrainedTrees trained = TrainTrees(config, NumberTable(2000, 5, true));
  EXPECT_LT(trained.losses.front(), std::log(2.0));
  for (size_t i = 1; i < trained.losses.size(); ++i) {
    EXPECT_LT(trained.losses[i], trained.losses[i - 1]);
  }
}

TEST_F(GbdtTraining, TreesAreTheSameWithAnyNumberOfThreads) {
  for (const char* growth : {"depthwise", "leafwise"}) {
    GbdtConfig config;
    config.growth = growth;
    config.epochs = 3;
    config.max_depth = 7;
    config.max_leaves = 60;
    config.row_sample = 0.9;
    config.column_sample = 0.8;
    FeatureTable table = MixedTable(90000, 20);
    SetNumThreads(1);
    const TrainedTrees one = TrainTrees(config, table);
    for (const int threads : {2, 8}) {
      SetNumThreads(threads);
      const TrainedTrees many = TrainTrees(config, table);
      ExpectSameTrees(one.model, many.model);
      EXPECT_EQ(one.losses, many.losses);
    }
  }
}

TEST_F(GbdtTraining, TreesAreTheSameOnEveryInstructionSet) {
  GbdtConfig config;
  config.epochs = 3;
  config.max_depth = 5;
  config.l1 = 0.1;
  const FeatureTable table = MixedTable(5003, 20);
  const std::vector<std::string> targets = AvailableSimdTargets();  // a pinned one hides the others
  const TrainedTrees best = TrainTrees(config, table);
  for (const std::string& target : targets) {
    PinSimdTarget(target);
    const TrainedTrees other = TrainTrees(config, table);
    ExpectSameTrees(best.model, other.model);
    EXPECT_EQ(best.losses, other.losses) << target;
  }
  PinSimdTarget(targets.front());
}

TEST_F(GbdtTraining, LimitsOfDepthAndLeavesHold) {
  GbdtConfig config;
  config.epochs = 2;
  config.min_child_weight = 0.1;
  for (const char* growth : {"depthwise", "leafwise"}) {
    config.growth = growth;
    config.max_depth = 3;
    config.max_leaves = 0;
    const TrainedTrees shallow = TrainTrees(config, NumberTable(4000, 4, true));
    EXPECT_EQ(shallow.model.nodes(), 2 * 15) << growth;
    config.max_depth = 0;
    config.max_leaves = 11;
    const TrainedTrees few = TrainTrees(config, NumberTable(4000, 4, true));
    EXPECT_EQ(few.model.nodes(), 2 * 21) << growth;
  }
}

TEST_F(GbdtTraining, MissingValuesLearnWhereToGo) {
  // The label is exactly whether x0 is missing.
  FeatureTable table = NumberTable(2000, 2, true);
  for (int64_t row = 0; row < table.rows; ++row) {
    const float x = table.columns[0].values[row];
    table.label[row] = x == x ? 0.0f : 1.0f;
  }
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 1;
  const TreeEnsemble model = TrainTrees(config, table).model;
  ASSERT_EQ(model.nodes(), 3);
  EXPECT_EQ(model.feature[0], 0);
  const float gone[2] = {kMissing, 0.5f};
  const float low[2] = {0.001f, 0.5f};
  const float high[2] = {0.999f, 0.5f};
  EXPECT_GT(model.value[FindLeaf(model, 0, gone)], 0);
  EXPECT_LT(model.value[FindLeaf(model, 0, low)], 0);
  EXPECT_LT(model.value[FindLeaf(model, 0, high)], 0);
}

TEST_F(GbdtTraining, AStoppedSolverGoesOnToTheSameTrees) {
  GbdtConfig config;
  config.epochs = 6;
  config.row_sample = 0.7;
  const FeatureTable table = MixedTable(3000, 9);
  const TrainedTrees whole = TrainTrees(config, table);
  const auto make = [&] {
    TableProblem problem;
    problem.train = table;
    return MakeGbdtCpu(config, std::move(problem));
  };
  StopFlag go;
  StopFlag halt;
  halt.Request();
  const std::unique_ptr<Solver> first = make();
  for (int epoch = 0; epoch < 3; ++epoch) first->RunEpoch(go);
  EXPECT_FALSE(first->RunEpoch(halt).finished);
  const std::unique_ptr<Solver> second = make();
  second->Restore(first->Save());
  double loss = 0;
  for (int epoch = 3; epoch < 6; ++epoch) loss = second->RunEpoch(go).loss;
  ExpectSameTrees(std::get<TreeEnsemble>(second->Snapshot()), whole.model);
  EXPECT_EQ(loss, whole.losses.back());
}

TEST_F(GbdtTraining, AStateOfAnotherTableIsRefused) {
  GbdtConfig config;
  TableProblem small;
  small.train = NumberTable(500, 3, false);
  TableProblem other;
  other.train = NumberTable(600, 3, false);
  const std::unique_ptr<Solver> a = MakeGbdtCpu(config, std::move(small));
  const std::unique_ptr<Solver> b = MakeGbdtCpu(config, std::move(other));
  EXPECT_THROW(b->Restore(a->Save()), DataError);
}

TEST_F(GbdtTraining, AModelToStartFromIsGoneOnFrom) {
  GbdtConfig config;
  config.epochs = 5;
  const FeatureTable table = NumberTable(2000, 4, true);
  const Model start = TrainTrees(config, table).model;
  const TrainedTrees more = TrainTrees(config, table, &start);
  config.epochs = 10;
  const TrainedTrees whole = TrainTrees(config, table);
  // The same data gives the same bins, hence the same trees.
  ExpectSameTrees(more.model, whole.model);
  EXPECT_EQ(more.losses.back(), whole.losses.back());
  EXPECT_THROW(TrainTrees(config, NumberTable(2000, 3, true), &start), DataError);
}

TEST_F(GbdtTraining, GrowthWithoutLimitIsRefused) {
  GbdtConfig config;
  config.max_depth = 0;
  EXPECT_THROW(TrainTrees(config, NumberTable(200, 2, false)), UsageError);
}

}  // namespace
}  // namespace tidewright
