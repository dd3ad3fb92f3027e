#include "host/ials/explain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

IalsConfig Config(int64_t factors, double alpha) {
  IalsConfig config;
  config.factors = factors;
  config.regularization = 0.02;
  config.alpha = alpha;
  return config;
}

std::vector<int32_t> AllItems(int64_t items) {
  std::vector<int32_t> all;
  for (int64_t item = 0; item < items; ++item) all.push_back(static_cast<int32_t>(item));
  return all;
}

TEST(IalsContributions, SumUpToTheScoreOfTheSolvedRow) {
  const Interactions data = RandomInteractions(30, 25, 0.3, 1);
  for (const int64_t factors : {3, 16, 40}) {
    const IalsConfig config = Config(factors, 0.7);
    const FactorModel model = Trained(config, data, 3);
    const CsrView rows = data.by_user.view();
    const std::vector<double> items(model.item_factors.begin(), model.item_factors.end());
    const std::vector<double> users = SolveRowsDense(config, rows, items);
    for (int64_t user = 0; user < 30; ++user) {
      const std::vector<double> parts = IalsContributions(config, model, rows, user, AllItems(25));
      const auto entries = static_cast<size_t>(data.by_user.RowLength(user));
      ASSERT_EQ(parts.size(), 25 * entries);
      for (size_t item = 0; item < 25; ++item) {
        double score = 0;
        for (int64_t k = 0; k < factors; ++k) {
          score += users[user * factors + k] * items[item * factors + k];
        }
        double sum = 0;
        for (size_t entry = 0; entry < entries; ++entry) sum += parts[item * entries + entry];
        // The reference forms the Gramian in double, the model keeps it in float.
        ASSERT_NEAR(sum, score, 2e-6) << "user " << user << ", item " << item;
      }
    }
  }
}

TEST(IalsContributions, ADislikeAddsNothingAndAStrongerSignalAddsMore) {
  Csr matrix;
  matrix.rows = 4;
  matrix.cols = 4;
  matrix.offsets = {0, 3, 5, 7, 9};
  matrix.ids = {0, 1, 2, 0, 3, 1, 3, 0, 1};
  matrix.values = {1, 8, -1, 1, 1, 1, 1, 1, 1};
  const Interactions data = Interactions::FromUserRows(matrix);
  const IalsConfig config = Config(4, 1.0);
  const FactorModel model = Trained(config, data, 20);
  const std::vector<double> parts = IalsContributions(config, model, data.by_user.view(), 0, {3});
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[2], 0);
  EXPECT_GT(parts[1], parts[0]);
}

TEST(IalsContributions, AUserWithoutEntriesHasNone) {
  const Interactions data = RandomInteractions(21, 30, 0.2, 2);
  ASSERT_EQ(data.by_user.RowLength(6), 0);
  const IalsConfig config = Config(4, 0);
  EXPECT_TRUE(
      IalsContributions(config, Trained(config, data, 2), data.by_user.view(), 6, {0, 1}).empty());
}

}  // namespace
}  // namespace tidewright
