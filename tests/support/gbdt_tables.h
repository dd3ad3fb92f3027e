#ifndef TIDEWRIGHT_TESTS_SUPPORT_GBDT_TABLES_H_
#define TIDEWRIGHT_TESTS_SUPPORT_GBDT_TABLES_H_

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "host/core/random.h"
#include "host/gbdt/gbdt.h"

namespace tidewright {

inline float TestUniform(uint64_t seed, int64_t stream, int64_t index) {
  return UniformFloat(
      Philox(seed, static_cast<uint64_t>(stream), static_cast<uint64_t>(index)).word[0]);
}

// Numbers in (0, 1), every seventh value missing where `missing`; the label follows the first two.
inline FeatureTable NumberTable(int64_t rows, int64_t columns, bool missing, uint64_t seed = 5) {
  FeatureTable table;
  table.rows = rows;
  table.label_name = "y";
  for (int64_t c = 0; c < columns; ++c) {
    FeatureColumn column;
    column.description.name = "x";
    column.description.name += std::to_string(c);
    for (int64_t row = 0; row < rows; ++row) {
      const bool gone = missing && TestUniform(seed, 100 + c, row) < 1.0f / 7;
      column.values.push_back(gone ? kMissing : TestUniform(seed, c, row));
    }
    table.columns.push_back(std::move(column));
  }
  for (int64_t row = 0; row < rows; ++row) {
    const float a = table.columns[0].values[row];
    const float b = table.columns[columns > 1 ? 1 : 0].values[row];
    const double z = 4 * (a == a ? a - 0.5 : 0.4) - 3 * (b == b ? b * b - 0.3 : -0.2);
    table.label.push_back(TestUniform(seed, 1000, row) < 1 / (1 + std::exp(-z)) ? 1.0f : 0.0f);
  }
  return table;
}

// A column of categories, each with its own rate of churn, beside those of NumberTable.
inline FeatureTable MixedTable(int64_t rows, int64_t categories, uint64_t seed = 5) {
  FeatureTable table = NumberTable(rows, 3, true, seed);
  FeatureColumn column;
  column.description.name = "plan";
  column.description.kind = FeatureKind::kCategory;
  for (int64_t code = 0; code < categories; ++code) {
    column.description.categories.push_back(std::to_string(code));
  }
  for (int64_t row = 0; row < rows; ++row) {
    const auto code =
        static_cast<int64_t>(TestUniform(seed, 50, row) * static_cast<float>(categories));
    const bool gone = TestUniform(seed, 51, row) < 0.1f;
    column.values.push_back(gone ? kMissing : static_cast<float>(code));
    if (!gone && code % 3 == 0) table.label[row] = TestUniform(seed, 52, row) < 0.9f ? 1.0f : 0.0f;
  }
  table.columns.push_back(std::move(column));
  return table;
}

struct TrainedTrees {
  TreeEnsemble model;
  std::vector<double> losses;
};

inline TrainedTrees TrainTrees(const GbdtConfig& config, FeatureTable table,
                               const Model* start = nullptr) {
  TableProblem problem;
  problem.train = std::move(table);
  problem.start = start;
  const std::unique_ptr<Solver> solver = MakeGbdtCpu(config, std::move(problem));
  TrainedTrees trained;
  const StopFlag stop;
  for (int64_t epoch = 0; epoch < config.epochs; ++epoch) {
    trained.losses.push_back(solver->RunEpoch(stop).loss);
  }
  trained.model = std::get<TreeEnsemble>(solver->Release());
  return trained;
}

inline void ExpectSameTrees(const TreeEnsemble& a, const TreeEnsemble& b) {
  EXPECT_EQ(a.base_margin, b.base_margin);
  EXPECT_EQ(a.tree_offsets, b.tree_offsets);
  EXPECT_EQ(a.feature, b.feature);
  EXPECT_EQ(a.threshold, b.threshold);
  EXPECT_EQ(a.left, b.left);
  EXPECT_EQ(a.missing_left, b.missing_left);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.gain, b.gain);
  EXPECT_EQ(a.cover, b.cover);
  EXPECT_EQ(a.category_offsets, b.category_offsets);
  EXPECT_EQ(a.category_words, b.category_words);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_GBDT_TABLES_H_
