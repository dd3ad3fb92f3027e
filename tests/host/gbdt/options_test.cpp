#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "host/core/errors.h"
#include "host/gbdt/training_plan.h"
#include "host/metrics/classification.h"
#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

float MarginAt(const TreeEnsemble& model, const std::vector<float>& x) {
  float margin = model.base_margin;
  for (int64_t tree = 0; tree < model.trees(); ++tree) {
    margin += model.value[FindLeaf(model, tree, x.data())];
  }
  return margin;
}

TEST(GbdtOptions, MonotoneMarginsHoldEverywhere) {
  for (const char* growth : {"depthwise", "leafwise"}) {
    GbdtConfig config;
    config.growth = growth;
    config.epochs = 25;
    config.max_leaves = 40;
    config.min_child_weight = 0.01;
    config.monotone = "x0=1,x1=-1";
    const FeatureTable table = NumberTable(800, 4, true);
    const TreeEnsemble model = TrainTrees(config, table).model;
    bool moves = false;
    for (int64_t row = 0; row < 200; ++row) {
      std::vector<float> x;
      for (const FeatureColumn& column : table.columns) x.push_back(column.values[row]);
      for (int column = 0; column < 2; ++column) {
        float before = -1e9f;
        for (float value = 0.0f; value <= 1.0f; value += 0.01f) {
          std::vector<float> moved = x;
          moved[static_cast<size_t>(column)] = column == 0 ? value : 1.0f - value;
          const float margin = MarginAt(model, moved);
          ASSERT_GE(margin, before - 1e-6f) << growth << row;
          moves = moves || (before > -1e8f && margin > before);
          before = margin;
        }
      }
    }
    EXPECT_TRUE(moves);
  }
}

TEST(GbdtOptions, AMonotoneConstraintNamesANumberOfTheTable) {
  GbdtConfig config;
  for (const char* bad : {"nowhere=1", "plan=1", "x0=2", "x0"}) {
    config.monotone = bad;
    EXPECT_THROW(TrainTrees(config, MixedTable(300, 5)), UsageError) << bad;
  }
}

TEST(GbdtOptions, ASmallRowSampleHoldsItsShareAndChangesFromTreeToTree) {
  GbdtConfig config;
  config.row_sample = 0.3;
  AlignedVector<uint32_t> first;
  AlignedVector<uint32_t> second;
  SampleRows(config, 0, 100001, &first);
  SampleRows(config, 1, 100001, &second);
  EXPECT_NEAR(static_cast<double>(first.size()) / 100001, 0.3, 0.006);
  EXPECT_TRUE(std::is_sorted(first.begin(), first.end()));
  EXPECT_LT(first.back(), 100001U);
  std::vector<uint32_t> both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(both));
  EXPECT_NEAR(static_cast<double>(both.size()) / 100001, 0.09, 0.006);
}

TEST(GbdtOptions, ATreeAsksOnlyItsShareOfTheColumns) {
  GbdtConfig config;
  config.column_sample = 0.4;
  config.epochs = 12;
  config.min_child_weight = 0;
  const TreeEnsemble model = TrainTrees(config, NumberTable(600, 10, true)).model;
  std::set<int32_t> all;
  for (int64_t tree = 0; tree < model.trees(); ++tree) {
    std::set<int32_t> asked(model.feature.begin() + model.tree_offsets[tree],
                            model.feature.begin() + model.tree_offsets[tree + 1]);
    asked.erase(-1);
    EXPECT_LE(asked.size(), 4U);
    const std::vector<uint8_t> allowed = ColumnsAsked(config, tree, 10);
    for (const int32_t column : asked) EXPECT_EQ(allowed[column], 1);
    all.insert(asked.begin(), asked.end());
  }
  EXPECT_EQ(all.size(), 10U);
}

TEST(GbdtOptions, AWeightCountsAsManyRows) {
  GbdtConfig config;
  config.epochs = 5;
  config.max_depth = 3;
  FeatureTable weighted = NumberTable(1500, 3, true);
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < weighted.rows; ++row) {
    const int copies = 1 + static_cast<int>(3 * TestUniform(8, 8, row));
    weighted.weight.push_back(static_cast<float>(copies));
    for (int copy = 0; copy < copies; ++copy) rows.push_back(row);
  }
  FeatureTable repeated = SelectRows(weighted, rows);
  repeated.weight.clear();
  config.max_bins = 30;
  const TrainedTrees a = TrainTrees(config, weighted);
  const TrainedTrees b = TrainTrees(config, repeated);
  EXPECT_EQ(a.model.base_margin, b.model.base_margin);
  EXPECT_NEAR(a.losses.back(), b.losses.back(), 2e-4);
  EXPECT_EQ(a.model.feature, b.model.feature);
  EXPECT_EQ(a.model.threshold, b.model.threshold);
}

TEST(GbdtOptions, ScalePosWeightIsAWeightOfThePositiveRows) {
  GbdtConfig config;
  config.epochs = 4;
  FeatureTable table = NumberTable(1000, 3, true);
  for (FeatureColumn& column : table.columns) {
    // Few values, so that bins do not depend on the weights.
    for (float& x : column.values) x = std::floor(x * 50);
  }
  config.scale_pos_weight = 3;
  const TrainedTrees scaled = TrainTrees(config, table);
  config.scale_pos_weight = 1;
  for (const float y : table.label) table.weight.push_back(y > 0 ? 3.0f : 1.0f);
  const TrainedTrees weighted = TrainTrees(config, table);
  EXPECT_EQ(scaled.model.base_margin, weighted.model.base_margin);
  ExpectSameTrees(scaled.model, weighted.model);
  EXPECT_EQ(scaled.losses, weighted.losses);
}

TEST(GbdtOptions, ExtremeWeightsNeitherOverflowNorStopTheLossFromFalling) {
  for (const float factor : {1e-12f, 1e12f}) {
    GbdtConfig config;
    config.epochs = 10;
    config.l2 = 0;
    config.min_child_weight = 0;
    FeatureTable table = NumberTable(70000, 2, true);
    for (int64_t row = 0; row < table.rows; ++row) {
      table.weight.push_back(factor * (row % 100 == 0 ? 1000.0f : 1.0f));
    }
    const TrainedTrees trained = TrainTrees(config, table);
    for (size_t i = 1; i < trained.losses.size(); ++i) {
      EXPECT_LE(trained.losses[i], trained.losses[i - 1]);
    }
    EXPECT_LT(trained.losses.back(), 0.95 * trained.losses.front());
    for (const float value : trained.model.value) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(GbdtOptions, RegularizationShrinksLeavesAndGammaStopsSplits) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 1;
  const FeatureTable table = NumberTable(2000, 2, false);
  const TreeEnsemble plain = TrainTrees(config, table).model;
  ASSERT_EQ(plain.nodes(), 3);
  config.l2 = 100;
  const TreeEnsemble l2 = TrainTrees(config, table).model;
  EXPECT_LT(std::abs(l2.value[1]), std::abs(plain.value[1]));
  config.l2 = 1;
  config.l1 = 1e6;
  EXPECT_EQ(TrainTrees(config, table).model.nodes(), 1);
  config.l1 = 0;
  config.gamma = plain.gain[0] * 1.01;
  EXPECT_EQ(TrainTrees(config, table).model.nodes(), 1);
  config.gamma = plain.gain[0] * 0.99;
  EXPECT_EQ(TrainTrees(config, table).model.nodes(), 3);
}

TEST(GbdtOptions, ValidationIsMeasuredOnTheModelAsItStands) {
  GbdtConfig config;
  config.epochs = 6;
  config.row_sample = 0.8;
  const FeatureTable validation = MixedTable(700, 8, 77);
  TableProblem problem;
  problem.train = MixedTable(2500, 8);
  const std::unique_ptr<Solver> solver = MakeGbdtCpu(config, std::move(problem));
  ValidationSet set;
  set.metric = "auc";
  set.table = &validation;
  solver->AttachValidation(set);
  const StopFlag stop;
  double first = 0;
  for (int epoch = 0; epoch < 6; ++epoch) {
    const EpochStats stats = solver->RunEpoch(stop);
    ASSERT_TRUE(stats.validation.has_value());
    ScoredRows scored;
    scored.label = validation.label;
    const auto model = std::get<TreeEnsemble>(solver->Snapshot());
    for (const float margin : TreeMargins(model, validation)) {
      scored.probability.push_back(1 / (1 + std::exp(-static_cast<double>(margin))));
    }
    EXPECT_NEAR(*stats.validation, ClassificationMetric("auc", scored), 1e-6);
    if (epoch == 0) first = *stats.validation;
    if (epoch == 5) {
      EXPECT_GT(*stats.validation, first - 0.02);
    }
  }
}

}  // namespace
}  // namespace tidewright
