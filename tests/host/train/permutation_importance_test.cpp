#include "host/train/permutation_importance.h"

#include <gtest/gtest.h>

#include "tests/support/random_trees.h"

namespace tidewright {
namespace {

// A model that is right in every row, by one column alone: half of the rows have 0 there and leave.
struct RightByMonths {
  RightByMonths() {
    TreeEnsemble model;
    model.features = 2;
    model.tree_offsets = {0, 3};
    model.feature = {0, -1, -1};
    model.threshold = {0.5f, 0, 0};
    model.left = {1, 0, 0};
    model.missing_left = {0, 0, 0};
    model.value = {0, kMargin, -kMargin};
    model.gain = {1, 0, 0};
    model.cover = {2, 1, 1};
    model.category_offsets.assign(4, 0);
    table.rows = 4000;
    table.columns.resize(2);
    table.columns[0].description = {"months", FeatureKind::kNumber, {}};
    table.columns[1].description = {"calls", FeatureKind::kNumber, {}};
    for (int64_t row = 0; row < table.rows; ++row) {
      table.columns[0].values.push_back(static_cast<float>(row % 2));
      table.columns[1].values.push_back(static_cast<float>(row));
      table.label.push_back(row % 2 == 0 ? 1.0f : 0.0f);
    }
    artifact = TreeArtifact(model, SpecOf(table));
  }
  static constexpr float kMargin = 3;
  Artifact artifact;
  FeatureTable table;
};

// Half of the rows get the other value: each of them costs ln(1 + e^3) - ln(1 + e^-3) = 3 more, and
// the probability knows nothing of the label any more.
TEST(PermutationImportance, IsWhatShufflingTheColumnCosts) {
  const RightByMonths right;
  const auto importance = PermuteColumns(right.artifact, right.table, 5, 1);
  ASSERT_EQ(importance.size(), 2U);
  EXPECT_EQ(importance[0].column, "months");
  EXPECT_NEAR(importance[0].log_loss_rise, 0.5 * RightByMonths::kMargin, 0.03);
  EXPECT_NEAR(importance[0].auc_drop, 0.5, 0.01);
  // One number says both: a share s of rows with the other value costs 3 s, and the AUC is 1 - s.
  EXPECT_NEAR(importance[0].log_loss_rise, RightByMonths::kMargin * importance[0].auc_drop, 1e-9);
  EXPECT_EQ(importance[1].column, "calls");
  EXPECT_EQ(importance[1].log_loss_rise, 0);
  EXPECT_EQ(importance[1].auc_drop, 0);
}

TEST(PermutationImportance, IsDrawnByTheSeed) {
  const RightByMonths right;
  const auto rise = [&](uint64_t seed) {
    return PermuteColumns(right.artifact, right.table, 1, seed)[0].log_loss_rise;
  };
  EXPECT_EQ(rise(1), rise(1));
  EXPECT_NE(rise(1), rise(2));
}

}  // namespace
}  // namespace tidewright
