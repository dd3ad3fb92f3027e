#include <gtest/gtest.h>

#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

TEST(GbdtEdges, ColumnsOfOneValueAreNeverAsked) {
  FeatureTable table = NumberTable(300, 2, false);
  for (float& x : table.columns[1].values) x = 7;
  const TreeEnsemble model = TrainTrees(GbdtConfig(), table).model;
  for (const int32_t feature : model.feature) EXPECT_NE(feature, 1);
  for (float& x : table.columns[0].values) x = -3;
  EXPECT_EQ(TrainTrees(GbdtConfig(), table).model.nodes(), GbdtConfig().epochs);
}

TEST(GbdtEdges, OneValueAndMissingIsASplit) {
  FeatureTable table = NumberTable(400, 1, false);
  for (int64_t row = 0; row < table.rows; ++row) {
    table.columns[0].values[row] = table.label[row] > 0 ? 5.0f : kMissing;
  }
  GbdtConfig config;
  config.epochs = 1;
  const TreeEnsemble model = TrainTrees(config, table).model;
  EXPECT_EQ(model.nodes(), 3);
  const std::vector<float> margins = TreeMargins(model, table);
  for (int64_t row = 0; row < table.rows; ++row) {
    EXPECT_EQ(margins[row] > model.base_margin, table.label[row] > 0);
  }
}

TEST(GbdtEdges, TwoRowsMakeATree) {
  FeatureTable table = NumberTable(2, 1, false);
  table.label = {0, 1};
  GbdtConfig config;
  config.min_child_weight = 0;
  config.epochs = 3;
  const TrainedTrees trained = TrainTrees(config, table);
  EXPECT_EQ(trained.model.nodes(), 9);
  EXPECT_LT(trained.losses[2], trained.losses[0]);
}

TEST(GbdtEdges, RowsOfNoWeightChangeNothingButTheBins) {
  FeatureTable table = NumberTable(600, 2, true);
  for (FeatureColumn& column : table.columns) {
    for (float& x : column.values) x = std::floor(x * 30);
  }
  table.weight.assign(600, 1.0f);
  GbdtConfig config;
  config.epochs = 4;
  const TrainedTrees without = TrainTrees(config, table);
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < 600; ++row) rows.push_back(row);
  for (int64_t row = 0; row < 50; ++row) rows.push_back(row);
  FeatureTable more = SelectRows(table, rows);
  for (int64_t row = 600; row < 650; ++row) {
    more.weight[row] = 0;
    more.label[row] = 1 - more.label[row];
  }
  const TrainedTrees with = TrainTrees(config, more);
  ExpectSameTrees(without.model, with.model);
}

TEST(GbdtEdges, TheEstimateHoldsTheTable) {
  GbdtConfig config;
  const CostEstimate estimate = EstimateGbdtCpu(config, 1'000'000, 28);
  EXPECT_GT(estimate.host_bytes, 1'000'000 * 28 * 4);
  EXPECT_LT(estimate.host_bytes, 1'000'000 * 28 * 8);
  double bytes = 0;
  for (const CostPhase& phase : estimate.phases) bytes += phase.bytes;
  EXPECT_EQ(bytes, estimate.bytes_per_epoch);
  EXPECT_GT(EstimateGbdtCpu(config, 2'000'000, 28).bytes_per_epoch, estimate.bytes_per_epoch);
}

}  // namespace
}  // namespace tidewright
