#include "host/metrics/cohort_rate.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tidewright {
namespace {

// Of rows of one weight, drawing the cohort and then its leavers gives the rate the variance of a
// binomial: E[p](1 - E[p]) / n.
double HalfWidth(double rate, double rows) { return 1.96 * std::sqrt(rate * (1 - rate) / rows); }

std::vector<double> Spread(size_t rows) {
  std::vector<double> p;
  for (size_t row = 0; row < rows; ++row) p.push_back(row % 4 == 0 ? 0.9 : 0.1);
  return p;
}

TEST(CohortRate, IsTheMeanProbabilityWithTheWidthThatChanceHas) {
  const CohortRate rate = PredictCohortRate(Spread(2000), {}, 1);
  EXPECT_NEAR(rate.rows, 2000, 1e-9);
  EXPECT_NEAR(rate.expected, 0.3, 1e-12);
  EXPECT_NEAR(rate.expected - rate.low, HalfWidth(0.3, 2000), 0.003);
  EXPECT_NEAR(rate.high - rate.expected, HalfWidth(0.3, 2000), 0.003);
}

TEST(CohortRate, MoreRowsNarrowIt) {
  const CohortRate rate = PredictCohortRate(Spread(60000), {}, 1, 4000);
  EXPECT_NEAR(rate.high - rate.low, 2 * HalfWidth(0.3, 60000), 0.0005);
}

TEST(CohortRate, AHeavyRowWidensIt) {
  std::vector<float> weight(2000, 1.0f);
  for (size_t row = 0; row < 2000; row += 100) weight[row] = 100;
  const CohortRate even = PredictCohortRate(Spread(2000), {}, 1);
  const CohortRate heavy = PredictCohortRate(Spread(2000), weight, 1);
  EXPECT_NEAR(heavy.rows, 1980 + 2000, 1e-9);
  EXPECT_GT(heavy.high - heavy.low, 2 * (even.high - even.low));
}

TEST(CohortRate, AFewRowsAreDrawnOneByOne) {
  const CohortRate rate = PredictCohortRate({0.5, 0.5, 0.5, 0.5}, {}, 1);
  EXPECT_EQ(rate.low, 0);
  EXPECT_EQ(rate.high, 1);
}

TEST(CohortRate, TheSeedDecides) {
  const std::vector<double> p = Spread(500);
  EXPECT_EQ(PredictCohortRate(p, {}, 1).low, PredictCohortRate(p, {}, 1).low);
  EXPECT_NE(PredictCohortRate(p, {}, 1).low, PredictCohortRate(p, {}, 2).low);
}

TEST(CohortRate, CertaintyHasNoWidthBeyondTheCohortItself) {
  const CohortRate rate = PredictCohortRate(std::vector<double>(300, 1.0), {}, 1);
  EXPECT_EQ(rate.low, 1);
  EXPECT_EQ(rate.high, 1);
  EXPECT_EQ(PredictCohortRate({}, {}, 1).rows, 0);
}

}  // namespace
}  // namespace tidewright
