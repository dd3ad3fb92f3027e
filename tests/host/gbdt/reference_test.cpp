#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "host/gbdt/bins.h"
#include "host/gbdt/row_pass.h"
#include "host/gbdt/training_plan.h"
#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

// A grower as plain as can be: each node goes through its rows for every candidate.
struct PlainNode {
  int feature = -1;
  float threshold = 0;
  bool missing_left = false;
  int left = 0;
  double value = 0;
};

class PlainGrower {
 public:
  PlainGrower(const GbdtConfig& config, const FeatureTable& table)
      : config_(config), table_(table), bins_(MakeBins(table, table.weight, config.max_bins, 1)) {
    const std::vector<float> margin(static_cast<size_t>(table.rows),
                                    BaseMargin(table.label, table.weight));
    const TrainingRows rows{table.rows, margin.data(), table.label.data(), nullptr};
    const RowSummary summary = SummariseRows(rows);
    const Quantum quantum{QuantumScale(summary.largest_gradient),
                          QuantumScale(summary.largest_hessian)};
    rule_ = RuleOf(config, quantum);
    pairs_.resize(static_cast<size_t>(table.rows));
    QuantiseRows(rows, quantum, RoundingKey(config, 0), pairs_.data());
  }

  std::vector<PlainNode> Grow() {
    std::vector<int64_t> all;
    for (int64_t row = 0; row < table_.rows; ++row) all.push_back(row);
    nodes_.assign(1, PlainNode());
    // Level by level, as nodes are numbered.
    std::vector<std::pair<int, std::vector<int64_t>>> level = {{0, all}};
    for (int64_t depth = 0; !level.empty(); ++depth) {
      std::vector<std::pair<int, std::vector<int64_t>>> next;
      for (const auto& [node, rows] : level) Split(node, rows, depth, &next);
      level = next;
    }
    return nodes_;
  }

 private:
  struct Sums {
    int64_t g = 0;
    int64_t h = 0;
  };

  Sums SumOf(const std::vector<int64_t>& rows) const {
    Sums sums;
    for (const int64_t row : rows) {
      sums.g += PackedGradient(PackedWord(pairs_[row]));
      sums.h += PackedHessian(PackedWord(pairs_[row]));
    }
    return sums;
  }
  double G(int64_t g) const { return static_cast<double>(g) * rule_.gradient_unit; }
  double H(int64_t h) const { return static_cast<double>(h) * rule_.hessian_unit; }

  void Split(int node, const std::vector<int64_t>& rows, int64_t depth,
             std::vector<std::pair<int, std::vector<int64_t>>>* next) {
    const Sums all = SumOf(rows);
    nodes_[node].value = config_.learning_rate * LeafWeight(G(all.g), H(all.h), rule_.leaf);
    if (depth == config_.max_depth) return;
    double best = rule_.gamma;
    std::vector<int64_t> best_left;
    for (size_t c = 0; c < table_.columns.size(); ++c) {
      const std::vector<float>& x = table_.columns[c].values;
      std::vector<int64_t> missing;
      for (const int64_t row : rows) {
        if (x[row] != x[row]) missing.push_back(row);
      }
      for (const bool missing_left : {false, true}) {
        if (missing_left && missing.empty()) continue;
        for (const float edge : bins_[c].edges) {
          if (missing.empty() && edge == bins_[c].edges.back()) continue;
          std::vector<int64_t> left = missing_left ? missing : std::vector<int64_t>();
          for (const int64_t row : rows) {
            if (x[row] < edge) left.push_back(row);
          }
          const Sums l = SumOf(left);
          const Sums r{all.g - l.g, all.h - l.h};
          if (l.h == 0 || r.h == 0) continue;
          if (std::min(H(l.h), H(r.h)) < config_.min_child_weight) continue;
          const double gain = 0.5 * (ChildrenScore(G(l.g), H(l.h), G(r.g), H(r.h), rule_.leaf) -
                                     LeafScore(G(all.g), H(all.h), rule_.leaf));
          if (!(gain > best)) continue;
          best = gain;
          best_left = left;
          nodes_[node].feature = static_cast<int>(c);
          nodes_[node].threshold = edge;
          nodes_[node].missing_left = missing.empty() ? 2 * l.h >= all.h : missing_left;
        }
      }
    }
    if (nodes_[node].feature < 0) return;
    std::sort(best_left.begin(), best_left.end());
    std::vector<int64_t> right;
    std::set_difference(rows.begin(), rows.end(), best_left.begin(), best_left.end(),
                        std::back_inserter(right));
    const int left = static_cast<int>(nodes_.size());
    nodes_[node].left = left;
    nodes_.resize(nodes_.size() + 2);
    next->push_back({left, best_left});
    next->push_back({left + 1, right});
  }

  const GbdtConfig& config_;
  const FeatureTable& table_;
  std::vector<ColumnBins> bins_;
  std::vector<uint32_t> pairs_;
  SplitRule rule_;
  std::vector<PlainNode> nodes_;
};

TEST(GbdtReference, ATreeIsThatOfAGrowerThatTriesEverySplit) {
  for (const double l1 : {0.0, 0.7}) {
    for (const bool missing : {false, true}) {
      GbdtConfig config;
      config.epochs = 1;
      config.max_depth = 5;
      config.max_bins = 20;
      config.min_child_weight = 0.7;
      config.l1 = l1;
      config.l2 = 0.5;
      const FeatureTable table = NumberTable(300, 3, missing);
      const TreeEnsemble model = TrainTrees(config, table).model;
      const std::vector<PlainNode> plain = PlainGrower(config, table).Grow();
      ASSERT_EQ(static_cast<int64_t>(plain.size()), model.nodes());
      EXPECT_GT(plain.size(), 20U);
      for (size_t node = 0; node < plain.size(); ++node) {
        EXPECT_EQ(plain[node].feature, model.feature[node]) << node;
        EXPECT_EQ(static_cast<float>(plain[node].value), model.value[node]) << node;
        if (plain[node].feature < 0) continue;
        // Edges between which no row of the node lies part it alike: the first is taken.
        EXPECT_EQ(plain[node].threshold, model.threshold[node]) << node;
        EXPECT_EQ(plain[node].missing_left, model.missing_left[node] != 0) << node;
        EXPECT_EQ(plain[node].left, model.left[node]) << node;
      }
    }
  }
}

// Of all ways to part categories in two, one along the order of their gradients is best (Fisher
// 1958), where leaves are not regularized.
TEST(GbdtReference, OrderedCategoriesFindTheBestOfAllPartitions) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 1;
  config.l2 = 0;
  config.min_child_weight = 0;
  config.category_smoothing = 0;
  FeatureTable table = MixedTable(2000, 8);
  table.columns.erase(table.columns.begin(), table.columns.begin() + 3);
  std::vector<float>& codes = table.columns[0].values;
  for (float& code : codes) code = code == code ? code : 3.0f;
  const TreeEnsemble model = TrainTrees(config, table).model;
  ASSERT_EQ(model.nodes(), 3);

  double positives = 0;
  for (const float y : table.label) positives += y;
  const double p = positives / static_cast<double>(table.rows);
  double best = 0;
  for (int subset = 1; subset < 255; ++subset) {
    double g[2] = {0, 0};
    double h[2] = {0, 0};
    for (int64_t row = 0; row < table.rows; ++row) {
      const int side = (subset >> static_cast<int>(codes[row])) & 1;
      g[side] += p - table.label[row];
      h[side] += p * (1 - p);
    }
    best = std::max(best, 0.5 * (g[0] * g[0] / h[0] + g[1] * g[1] / h[1]));
  }
  EXPECT_NEAR(model.gain[0] / best, 1, 1e-3);
}

TEST(GbdtReference, FewCategoriesAreSplitOneAgainstTheRest) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 1;
  config.one_hot_max = 8;
  const TreeEnsemble model = [&] {
    FeatureTable table = MixedTable(2000, 8);
    table.columns.erase(table.columns.begin(), table.columns.begin() + 3);
    return TrainTrees(config, table).model;
  }();
  ASSERT_EQ(model.nodes(), 3);
  ASSERT_EQ(model.category_words.size(), 1U);
  EXPECT_EQ(std::popcount(model.category_words[0] & 0xFFU), 1);
}

TEST(GbdtReference, ACategoryThatWasNeverSeenGoesWhereMissingGoes) {
  GbdtConfig config;
  config.epochs = 3;
  FeatureTable table = MixedTable(1500, 6);
  // Codes 6 and 7 have names but no rows; 40 is beyond every node's set.
  for (int code = 6; code < 8; ++code) table.columns[3].description.categories.push_back("new");
  const TreeEnsemble model = TrainTrees(config, table).model;
  ASSERT_GT(model.category_words.size(), 0U);
  for (int64_t row = 0; row < 100; ++row) {
    std::vector<float> x;
    for (const FeatureColumn& column : table.columns) x.push_back(column.values[row]);
    for (int64_t tree = 0; tree < model.trees(); ++tree) {
      x[3] = kMissing;
      const int64_t missing = FindLeaf(model, tree, x.data());
      for (const float code : {6.0f, 7.0f, 40.0f}) {
        x[3] = code;
        EXPECT_EQ(FindLeaf(model, tree, x.data()), missing);
      }
    }
  }
}

}  // namespace
}  // namespace tidewright
