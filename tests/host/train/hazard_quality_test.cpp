// Survival predictions judged: by hand, up to the end of the follow-up, against Kaplan-Meier.
#include "host/train/hazard_quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kJudgedDay = kMicrosPerDay;

// Five leave on days 0, 5, 20, 25, 30; three are still there when the follow-up ends, after `days`.
std::vector<Departure> EightCustomers(int64_t days) {
  std::vector<Departure> departures;
  for (const int64_t day : {0, 5, 20, 25, 30}) {
    departures.push_back({day * kJudgedDay, true, days * kJudgedDay});
  }
  departures.resize(8, {days * kJudgedDay, false, days * kJudgedDay});
  return departures;
}

TEST(HazardQuality, IsJudgedByHandToTheEndOfTheFollowUp) {
  const std::vector<int64_t> periods = {7 * kJudgedDay, 30 * kJudgedDay, 60 * kJudgedDay};
  const std::vector<double> first = {0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
  const std::vector<double> second = {1, 1, 1, 1, 1, 0, 0, 0};
  const HazardQuality quality = JudgeLeaving({first, second, second}, periods, EightCustomers(30));
  ASSERT_EQ(quality.periods.size(), 2u);
  EXPECT_EQ(quality.customers, 8);
  EXPECT_EQ(quality.left, 5);
  EXPECT_DOUBLE_EQ(quality.followed_days, 30);
  const HazardPeriodQuality& week = quality.periods[0];
  EXPECT_EQ(week.period, "7d");
  EXPECT_EQ(week.left, 2);
  EXPECT_NEAR(week.expected, 1.6, 1e-12);
  EXPECT_NEAR(week.kaplan_meier, 0.25, 1e-12);
  EXPECT_NEAR(week.auc, 0.75, 1e-12);  // one of two above all six, the other level with them
  EXPECT_NEAR(week.brier, (0.01 + 0.81 + 6 * 0.01) / 8, 1e-12);
  EXPECT_NEAR(week.baseline_brier, 0.25 * 0.75, 1e-12);
  // Who left on the last day and who was there after it are told apart on that very day.
  const HazardPeriodQuality& month = quality.periods[1];
  EXPECT_EQ(month.left, 5);
  EXPECT_DOUBLE_EQ(month.auc, 1);
  EXPECT_NEAR(month.brier, 0, 1e-12);
  EXPECT_NEAR(month.baseline_brier, 0.625 * 0.375, 1e-12);
  EXPECT_NEAR(quality.integrated_brier, week.brier / 2, 1e-12);
  EXPECT_NEAR(quality.baseline_integrated_brier, (0.1875 + 0.234375) / 2, 1e-12);

  EXPECT_DOUBLE_EQ(ValueOf(ParseRequirement("auc@30d>=.9"), quality), 1);
  EXPECT_DOUBLE_EQ(ValueOf(ParseRequirement("integrated_brier<=.2"), quality),
                   quality.integrated_brier);
  try {
    ValueOf(ParseRequirement("brier@60d<=.2"), quality);
    FAIL() << "that period was not judged";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("expected one of auc@30d, auc@7d, brier@30d, brier@7d, "));
  }
}

// By hand: G is 1 before day 10, when one of three is no longer followed, then 2/3.
TEST(HazardQuality, WeighsForThoseWhoAreFollowedLessLong) {
  const int64_t long_time = 30 * kJudgedDay;
  const std::vector<Departure> departures = {{0, true, long_time},
                                             {10 * kJudgedDay, false, 10 * kJudgedDay},
                                             {20 * kJudgedDay, true, long_time},
                                             {long_time, false, long_time}};
  const HazardQuality quality = JudgeLeaving({{0.8, 0.1, 0.1, 0.1}, {0.9, 0.5, 0.2, 0.4}},
                                             {7 * kJudgedDay, long_time}, departures);
  ASSERT_EQ(quality.periods.size(), 2u);
  EXPECT_DOUBLE_EQ(quality.followed_days, 30);
  EXPECT_NEAR(quality.periods[0].kaplan_meier, 0.25, 1e-12);
  EXPECT_NEAR(quality.periods[0].auc, 1, 1e-12);
  EXPECT_NEAR(quality.periods[0].brier, (0.04 + 3 * 0.01) / 4, 1e-12);
  const HazardPeriodQuality& month = quality.periods[1];
  EXPECT_EQ(month.left, 2);
  EXPECT_NEAR(month.kaplan_meier, 1 - 0.75 * 0.5, 1e-12);
  EXPECT_NEAR(month.auc, 1 / 2.5, 1e-12);
  EXPECT_NEAR(month.brier, (0.01 + 1.5 * 0.64 + 1.5 * 0.16) / 4, 1e-12);
  EXPECT_NEAR(month.baseline_brier, 0.625 * 0.375, 1e-12);
}

TEST(HazardQuality, OnePeriodHasNoIntegral) {
  const std::vector<double> leaving(8, 0.5);
  const HazardQuality quality =
      JudgeLeaving({leaving, leaving}, {7 * kJudgedDay, 31 * kJudgedDay}, EightCustomers(30));
  EXPECT_EQ(quality.periods.size(), 1u);
  EXPECT_TRUE(std::isnan(quality.integrated_brier));
  EXPECT_EQ(MetricsOf(quality).count("integrated_brier"), 0u);
  EXPECT_THROW(JudgeLeaving({leaving}, {31 * kJudgedDay}, EightCustomers(30)), DataError);
}

}  // namespace
}  // namespace tidewright
