#include "host/train/sample_negatives.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

int64_t Positives(const FeatureTable& table) {
  int64_t count = 0;
  for (const float label : table.label) count += label == 1.0f ? 1 : 0;
  return count;
}

TEST(SampleNegatives, KeepsEveryPositiveAndTheShareOfTheOthers) {
  const FeatureTable table = RandomTable(20000, 3);
  NegativeSampling sampling;
  const FeatureTable sampled = SampleNegatives(table, 0.1, 1, &sampling);
  EXPECT_EQ(Positives(sampled), Positives(table));
  EXPECT_EQ(sampling.negatives, table.rows - Positives(table));
  EXPECT_EQ(sampling.kept, sampled.rows - Positives(sampled));
  EXPECT_NEAR(static_cast<double>(sampling.kept) / static_cast<double>(sampling.negatives), 0.1,
              0.01);
  // What King and Zeng's equation 7 takes off: the sample's log-odds of the label back to the
  // table's.
  const auto log_odds = [](double positives, double rows) {
    return std::log(positives / (rows - positives));
  };
  const auto positives = static_cast<double>(Positives(table));
  EXPECT_NEAR(log_odds(positives, static_cast<double>(sampled.rows)) + sampling.log_odds,
              log_odds(positives, static_cast<double>(table.rows)), 1e-12);
}

TEST(SampleNegatives, TheSeedDecidesAndNothingElse) {
  const FeatureTable table = RandomTable(500, 3);
  NegativeSampling ignored;
  const auto sample = [&](uint64_t seed) {
    return FingerprintOf(SampleNegatives(table, 0.5, seed, &ignored));
  };
  EXPECT_EQ(sample(1), sample(1));
  EXPECT_NE(sample(1), sample(2));
}

TEST(SampleNegatives, WeightsCountInTheCorrection) {
  FeatureTable table = RandomTable(400, 3);
  for (int64_t row = 0; row < table.rows; ++row) {
    table.weight.push_back(static_cast<float>(1 + row % 4));
  }
  NegativeSampling sampling;
  const FeatureTable sampled = SampleNegatives(table, 0.3, 1, &sampling);
  const auto negative_weight = [](const FeatureTable& from) {
    double sum = 0;
    for (int64_t row = 0; row < from.rows; ++row) {
      if (from.label[row] != 1.0f) sum += from.weight[row];
    }
    return sum;
  };
  EXPECT_NEAR(std::exp(sampling.log_odds), negative_weight(sampled) / negative_weight(table),
              1e-12);
  const FeatureTable weighed = WeighAsSampled(table, sampling);
  EXPECT_NEAR(negative_weight(weighed), negative_weight(sampled), 1e-3);
}

TEST(SampleNegatives, RefusesAShareThatLeavesNothing) {
  NegativeSampling ignored;
  try {
    SampleNegatives(RandomTable(100, 3), 1e-6, 1, &ignored);
    ADD_FAILURE() << "nothing was sampled and nothing was said";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("--sample-negatives 1e-06"));
  }
}

TEST(AddLogOdds, MovesTreesAndCoefficientsAlike) {
  TreeEnsemble trees;
  trees.base_margin = 0.5f;
  Model model = trees;
  AddLogOdds(-2, &model);
  EXPECT_EQ(std::get<TreeEnsemble>(model).base_margin, -1.5f);
  LinearModel linear;
  linear.intercept = 1;
  model = linear;
  AddLogOdds(-2, &model);
  EXPECT_EQ(std::get<LinearModel>(model).intercept, -1);
  model = FactorModel();
  EXPECT_THROW(AddLogOdds(-2, &model), UsageError);
}

}  // namespace
}  // namespace tidewright
