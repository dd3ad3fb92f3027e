#include "host/metrics/survival.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host/core/errors.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

// Six customers: leaves at 1, 3, 3 and 5, censored at 2 and 3.
FollowUp SixCustomers() { return {{3, 1, 2, 3, 5, 3}, {1, 1, 0, 1, 1, 0}}; }

TEST(Survival, KaplanMeierByHand) {
  const SurvivalCurve curve = KaplanMeier(SixCustomers());
  // At risk: 6 at 1, 4 at 3 (two leave), 1 at 5.
  EXPECT_EQ(curve.times, (std::vector<double>{1, 3, 5}));
  EXPECT_DOUBLE_EQ(curve.At(0.5), 1);
  EXPECT_DOUBLE_EQ(curve.Before(1), 1);
  EXPECT_DOUBLE_EQ(curve.At(1), 5.0 / 6);
  EXPECT_DOUBLE_EQ(curve.At(2.9), 5.0 / 6);
  EXPECT_DOUBLE_EQ(curve.Before(3), 5.0 / 6);
  EXPECT_DOUBLE_EQ(curve.At(3), 5.0 / 12);
  EXPECT_DOUBLE_EQ(curve.At(5), 0);
}

TEST(Survival, LeavingComesBeforeCensoringOfTheSameTime) {
  const SurvivalCurve curve = CensoringCurve(SixCustomers());
  // At risk of censoring: 5 at 2; 2 at 3, as the two who left then are gone.
  EXPECT_EQ(curve.times, (std::vector<double>{2, 3}));
  EXPECT_DOUBLE_EQ(curve.At(2), 0.8);
  EXPECT_DOUBLE_EQ(curve.Before(3), 0.8);
  EXPECT_DOUBLE_EQ(curve.At(3), 0.4);
}

TEST(Survival, AucAndBrierByHand) {
  const FollowUp follow_up = SixCustomers();
  const SurvivalCurve censoring = CensoringCurve(follow_up);
  const std::vector<double> leaving = {0.6, 0.9, 0.5, 0.2, 0.3, 0.3};
  // By 3: left 0 (weight 1.25), 1 (weight 1), 3 (weight 1.25); beyond: 4. Ranked: 0 and 1.
  EXPECT_DOUBLE_EQ(AucAt(follow_up, censoring, leaving, 3), 2.25 / 3.5);
  // (1.25 * .16 + 1 * .01 + 1.25 * .64 + 2.5 * .09) / 6
  EXPECT_NEAR(BrierAt(follow_up, censoring, leaving, 3), 1.235 / 6, 1e-15);
  // By 2.5: left 1; beyond: 0, 3, 4, 5, each 1 / .8. A tie counts half.
  std::vector<double> tied = leaving;
  tied[0] = 0.9;
  EXPECT_DOUBLE_EQ(AucAt(follow_up, censoring, tied, 2.5), 3.5 / 4);
  EXPECT_NEAR(BrierAt(follow_up, censoring, leaving, 2.5),
              (0.01 + 1.25 * (0.36 + 0.04 + 0.09 + 0.09)) / 6, 1e-15);
  EXPECT_NEAR(
      IntegratedBrier(follow_up, {leaving, leaving}, {2.5, 3}),
      (BrierAt(follow_up, censoring, leaving, 2.5) + BrierAt(follow_up, censoring, leaving, 3)) / 2,
      1e-15);
}

double UniformAt(uint64_t index) {
  const PhiloxDraw draw = Philox(3, 1, index);
  return UniformDouble(draw.word[0], draw.word[1]);
}

// Leaving and censoring in whole weeks, so that ties of every kind occur.
FollowUp DrawnCustomers(uint64_t count, std::vector<double>* leaving) {
  FollowUp follow_up;
  for (uint64_t row = 0; row < count; ++row) {
    const double rate = 0.02 + 0.2 * UniformAt(4 * row);
    const double leaves = std::ceil(-std::log(UniformAt(4 * row + 1)) / rate);
    const double ends = std::ceil(30 * UniformAt(4 * row + 2));
    follow_up.time.push_back(std::min(leaves, ends));
    follow_up.left.push_back(leaves <= ends ? 1 : 0);
    leaving->push_back(std::round(20 * (rate + 0.05 * UniformAt(4 * row + 3))) / 20);
  }
  return follow_up;
}

// The definitions, one pair and one customer at a time.
double NaiveCensoring(const FollowUp& f, double time, bool up_to) {
  double survival = 1;
  for (double t = 0; up_to ? t < time : t <= time; ++t) {
    double at_risk = 0;
    double censored = 0;
    for (size_t i = 0; i < f.time.size(); ++i) {
      const bool censored_now = f.time[i] == t && f.left[i] == 0;
      if (f.time[i] > t || censored_now) ++at_risk;
      if (censored_now) ++censored;
    }
    if (censored > 0) survival *= 1 - censored / at_risk;
  }
  return survival;
}

TEST(Survival, AgreesWithTheDefinitionsOnDrawnCustomers) {
  std::vector<double> leaving;
  const FollowUp f = DrawnCustomers(400, &leaving);
  const SurvivalCurve censoring = CensoringCurve(f);
  for (const double time : {1.0, 4.0, 12.0, 21.0}) {
    double ranked = 0;
    double pairs = 0;
    double brier = 0;
    for (size_t i = 0; i < leaving.size(); ++i) {
      if (f.time[i] > time) {
        brier += leaving[i] * leaving[i] / NaiveCensoring(f, time, false);
        continue;
      }
      if (f.left[i] == 0) continue;
      const double weight = 1 / NaiveCensoring(f, f.time[i], true);
      brier += weight * (1 - leaving[i]) * (1 - leaving[i]);
      for (size_t j = 0; j < leaving.size(); ++j) {
        if (!(f.time[j] > time)) continue;
        pairs += weight;
        ranked += weight * (leaving[i] > leaving[j] ? 1 : leaving[i] == leaving[j] ? 0.5 : 0);
      }
    }
    EXPECT_NEAR(AucAt(f, censoring, leaving, time), ranked / pairs, 1e-12) << time;
    EXPECT_NEAR(BrierAt(f, censoring, leaving, time), brier / 400, 1e-12) << time;
  }
}

TEST(Survival, WithoutCensoringTheyAreTheUsualMeasures) {
  const FollowUp f = {{1, 2, 3, 4}, {1, 1, 1, 1}};
  const SurvivalCurve censoring = CensoringCurve(f);
  EXPECT_DOUBLE_EQ(AucAt(f, censoring, {0.9, 0.2, 0.4, 0.1}, 2), 0.75);
  EXPECT_NEAR(BrierAt(f, censoring, {0.9, 0.2, 0.4, 0.1}, 2), (0.01 + 0.64 + 0.16 + 0.01) / 4,
              1e-15);
}

TEST(Survival, RefusesWhatIsNotDefined) {
  const FollowUp f = SixCustomers();
  const SurvivalCurve censoring = CensoringCurve(f);
  const std::vector<double> leaving(6, 0.5);
  EXPECT_THROW(AucAt(f, censoring, leaving, 0.5), DataError);
  EXPECT_THROW(BrierAt(f, censoring, leaving, 5), DataError);
  EXPECT_THROW(AucAt(f, censoring, {0.5}, 3), UsageError);
  EXPECT_THROW(IntegratedBrier(f, {leaving}, {3}), UsageError);
  EXPECT_THROW(IntegratedBrier(f, {leaving, leaving}, {3, 3}), UsageError);
  EXPECT_THROW(KaplanMeier({{-1}, {1}}), DataError);
  EXPECT_THROW(KaplanMeier({{1, 2}, {1}}), UsageError);
}

}  // namespace
}  // namespace tidewright
