#include "host/metrics/cohort_rate.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tidewright {
namespace {

// Of rows that leave with .1 or .9: the rate's variance is .09 / n, less than the .21 / n of a
// cohort of which only the mean is known.
double HalfWidth(double rows) { return 1.96 * std::sqrt(0.09 / rows); }

std::vector<double> Spread(size_t rows) {
  std::vector<double> p;
  for (size_t row = 0; row < rows; ++row) p.push_back(row % 4 == 0 ? 0.9 : 0.1);
  return p;
}

TEST(CohortRate, IsTheMeanProbabilityWithTheWidthThatChanceHas) {
  const CohortRate rate = PredictCohortRate(Spread(2000), {}, 1);
  EXPECT_NEAR(rate.rows, 2000, 1e-9);
  EXPECT_NEAR(rate.expected, 0.3, 1e-12);
  EXPECT_NEAR(rate.expected - rate.low, HalfWidth(2000), 0.0015);
  EXPECT_NEAR(rate.high - rate.expected, HalfWidth(2000), 0.0015);
}

TEST(CohortRate, MoreRowsNarrowIt) {
  const CohortRate rate = PredictCohortRate(Spread(60000), {}, 1, 4000);
  EXPECT_NEAR(rate.high - rate.low, 2 * HalfWidth(60000), 0.0002);
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
  const std::vector<double> p = Spread(5000);
  EXPECT_EQ(PredictCohortRate(p, {}, 1).low, PredictCohortRate(p, {}, 1).low);
  EXPECT_NE(PredictCohortRate(p, {}, 1).low, PredictCohortRate(p, {}, 2).low);
}

TEST(CohortRate, CertaintyHasNoWidth) {
  const CohortRate rate = PredictCohortRate(std::vector<double>(300, 1.0), {}, 1);
  EXPECT_EQ(rate.low, 1);
  EXPECT_EQ(rate.high, 1);
  EXPECT_EQ(PredictCohortRate({}, {}, 1).rows, 0);
}

}  // namespace
}  // namespace tidewright
