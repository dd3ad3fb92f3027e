#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

// What a tree is worth where only the features in `known` are: the others' splits are averaged by
// how many training rows went each way.
double ConditionalValue(const TreeEnsemble& model, int64_t root, int64_t node, const float* x,
                        uint32_t known) {
  if (model.feature[node] < 0) return model.value[node];
  const int64_t left = root + model.left[node];
  if (((known >> model.feature[node]) & 1U) != 0) {
    const int64_t leaf_side = [&] {
      const float value = x[model.feature[node]];
      const int64_t words = model.category_offsets[node + 1] - model.category_offsets[node];
      if (value != value) return model.missing_left[node] != 0 ? left : left + 1;
      if (words == 0) return value < model.threshold[node] ? left : left + 1;
      const auto code = static_cast<int64_t>(value);
      if (code >= 32 * words) return model.missing_left[node] != 0 ? left : left + 1;
      const uint32_t word = model.category_words[model.category_offsets[node] + code / 32];
      return ((word >> (code % 32)) & 1U) != 0 ? left : left + 1;
    }();
    return ConditionalValue(model, root, leaf_side, x, known);
  }
  const double a = model.cover[left];
  const double b = model.cover[left + 1];
  return (a * ConditionalValue(model, root, left, x, known) +
          b * ConditionalValue(model, root, left + 1, x, known)) /
         (a + b);
}

double ValueOfSubset(const TreeEnsemble& model, const float* x, uint32_t known) {
  double value = model.base_margin;
  for (int64_t tree = 0; tree < model.trees(); ++tree) {
    const int64_t root = model.tree_offsets[tree];
    value += ConditionalValue(model, root, root, x, known);
  }
  return value;
}

double Factorial(int n) { return n < 2 ? 1 : n * Factorial(n - 1); }

// The definition: every subset of the other features, with and without this one.
double ShapleyValue(const TreeEnsemble& model, const float* x, int feature) {
  const int features = static_cast<int>(model.features);
  double value = 0;
  for (uint32_t subset = 0; subset < (1U << features); ++subset) {
    if (((subset >> feature) & 1U) != 0) continue;
    const int size = std::popcount(subset);
    const double weight = Factorial(size) * Factorial(features - size - 1) / Factorial(features);
    value += weight *
             (ValueOfSubset(model, x, subset | (1U << feature)) - ValueOfSubset(model, x, subset));
  }
  return value;
}

TEST(TreeShap, EqualsTheSumOverAllSubsetsOfFeatures) {
  GbdtConfig config;
  config.epochs = 4;
  config.max_depth = 5;
  config.min_child_weight = 0.5;
  const FeatureTable table = MixedTable(400, 9);
  const TreeEnsemble model = TrainTrees(config, table).model;
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < 12; ++row) rows.push_back(row);
  const FeatureTable few = SelectRows(table, rows);
  const std::vector<double> shap = TreeShap(model, few);
  const int64_t width = model.features + 1;
  for (int64_t row = 0; row < few.rows; ++row) {
    std::vector<float> x;
    for (const FeatureColumn& column : few.columns) x.push_back(column.values[row]);
    for (int feature = 0; feature < model.features; ++feature) {
      EXPECT_NEAR(shap[row * width + feature], ShapleyValue(model, x.data(), feature), 1e-9);
    }
    EXPECT_NEAR(shap[row * width + model.features], ValueOfSubset(model, x.data(), 0), 1e-9);
  }
}

TEST(TreeShap, ARowSumsUpToItsMargin) {
  GbdtConfig config;
  config.epochs = 30;
  config.growth = "leafwise";
  config.max_depth = 0;
  config.max_leaves = 30;
  const FeatureTable table = MixedTable(700, 30);
  const TreeEnsemble model = TrainTrees(config, table).model;
  const std::vector<double> shap = TreeShap(model, table);
  const std::vector<float> margins = TreeMargins(model, table);
  const int64_t width = model.features + 1;
  for (int64_t row = 0; row < table.rows; ++row) {
    double sum = 0;
    for (int64_t i = 0; i < width; ++i) sum += shap[row * width + i];
    EXPECT_NEAR(sum, margins[row], 1e-5);
  }
}

TEST(Importance, GainAndCoverOfASplitAreThoseOfItsRows) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 1;
  const FeatureTable table = NumberTable(2000, 1, false);
  const TreeEnsemble model = TrainTrees(config, table).model;
  ASSERT_EQ(model.nodes(), 3);
  // Every row begins with the share of label 1.
  double p = 0;
  for (const float label : table.label) p += label / 2000;
  double g[2] = {0, 0};
  double h[2] = {0, 0};
  for (int64_t row = 0; row < table.rows; ++row) {
    const int side = table.columns[0].values[row] < model.threshold[0] ? 0 : 1;
    g[side] += p - table.label[row];
    h[side] += p * (1 - p);
  }
  const auto score = [&](double gradient, double hessian) {
    return gradient * gradient / (hessian + config.l2);
  };
  const double gain =
      0.5 * (score(g[0], h[0]) + score(g[1], h[1]) - score(g[0] + g[1], h[0] + h[1]));
  const FeatureImportance importance = ImportanceOf(model)[0];
  EXPECT_EQ(importance.splits, 1);
  EXPECT_NEAR(importance.gain, gain, 1e-3 * gain);
  EXPECT_NEAR(importance.cover, 2000 * p * (1 - p), 1e-3 * 2000 * p * (1 - p));
  EXPECT_NEAR(model.cover[1], h[0], 1e-3 * h[0]);
  EXPECT_NEAR(model.cover[2], h[1], 1e-3 * h[1]);
}

TEST(Importance, SumsGainsAndCountsSplits) {
  GbdtConfig config;
  config.epochs = 10;
  const FeatureTable table = NumberTable(2000, 5, true);
  const TreeEnsemble model = TrainTrees(config, table).model;
  const std::vector<FeatureImportance> importance = ImportanceOf(model);
  int64_t splits = 0;
  for (const FeatureImportance& of : importance) splits += of.splits;
  EXPECT_EQ(splits, (model.nodes() - model.trees()) / 2);
  std::vector<double> cover(importance.size(), 0.0);
  for (int64_t node = 0; node < model.nodes(); ++node) {
    if (model.feature[node] >= 0) cover[model.feature[node]] += model.cover[node];
  }
  for (size_t c = 0; c < importance.size(); ++c) EXPECT_EQ(importance[c].cover, cover[c]);
  // Only the first two columns have to do with the label.
  for (size_t c = 2; c < importance.size(); ++c) EXPECT_GT(importance[0].gain, importance[c].gain);
}

}  // namespace
}  // namespace tidewright
