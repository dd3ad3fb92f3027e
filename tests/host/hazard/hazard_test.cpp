// Person-period data by hand, and a hazard that is known found again from customers who are
// followed for different times.
#include "host/hazard/hazard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/gbdt/gbdt.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Departure LeftAt(double days, double followed) {
  return {static_cast<int64_t>(days * kMicrosPerDay), true,
          static_cast<int64_t>(followed * kMicrosPerDay)};
}
Departure Censored(double followed) {
  const auto at = static_cast<int64_t>(followed * kMicrosPerDay);
  return {at, false, at};
}

FeatureTable TableOf(const std::vector<float>& values) {
  FeatureTable table;
  table.rows = static_cast<int64_t>(values.size());
  table.columns = {{{"x", FeatureKind::kNumber, {}}, values}};
  for (int32_t row = 0; row < table.rows; ++row) table.group.push_back(row);
  return table;
}

TEST(Hazard, PeriodsAreWholeDaysThatRise) {
  EXPECT_THAT(ParsePeriods("7,30"), ElementsAre(7 * kMicrosPerDay, 30 * kMicrosPerDay));
  EXPECT_EQ(PeriodName(ParsePeriods("7,30")[0]), "7d");
  for (const char* text : {"", "30", "30,7", "7,7", "0,7", "-1,7", "7,30d", "7;30", "7,1e9"}) {
    EXPECT_THROW(ParsePeriods(text), UsageError) << text;
  }
}

TEST(Hazard, ARowForEachPeriodInWhichLeavingWouldHaveBeenSeen) {
  const std::vector<int64_t> periods = ParsePeriods("7,30,60");
  const FeatureTable table = TableOf({10, 11, 12, 13, 14, 15});
  const std::vector<Departure> departures = {LeftAt(0, 100), LeftAt(7, 100), LeftAt(7.5, 100),
                                             LeftAt(40, 40), Censored(59),   Censored(60)};
  const FeatureTable rows = ExpandPeriods(table, departures, periods);
  EXPECT_THAT(rows.columns[0].values, ElementsAre(10, 11, 12, 12, 13, 13, 14, 14, 15, 15, 15));
  EXPECT_THAT(rows.columns[1].values, ElementsAre(0, 0, 0, 7, 0, 7, 0, 7, 0, 7, 30));
  // Who left on day 40 is followed to day 40: the period that ends on day 60 is not seen.
  EXPECT_THAT(rows.label, ElementsAre(1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(rows.group, ElementsAre(0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5));
  EXPECT_EQ(rows.columns[1].description.name, kPeriodColumn);
  const PeriodCount counted = CountPeriods(departures, periods);
  EXPECT_EQ(rows.rows, counted.rows);
  EXPECT_EQ(std::count(rows.label.begin(), rows.label.end(), 1.0f), counted.leaving);
}

TEST(Hazard, APeriodThatNobodyIsSeenInIsRefused) {
  EXPECT_THROW(CountPeriods({Censored(59)}, ParsePeriods("7,30,60")), DataError);
  try {
    ExpandPeriods(TableOf({1, 2}), {Censored(59), LeftAt(3, 59)}, ParsePeriods("7,30,60"));
    FAIL() << "there is nothing to learn its hazard from";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the period of 60d"));
  }
}

// Trees of two leaves: h = sigmoid(-1) where the period begins before day 5, else sigmoid(0).
HazardModel SmallHazard() {
  HazardModel model;
  TreeEnsemble& trees = model.trees;
  trees.features = 2;
  trees.tree_offsets = {0, 3};
  trees.feature = {1, -1, -1};
  trees.threshold = {5, 0, 0};
  trees.left = {1, 0, 0};
  trees.missing_left = {0, 0, 0};
  trees.value = {0, -1, 0};
  trees.gain = {1, 0, 0};
  trees.cover = {4, 2, 2};
  trees.category_offsets = {0, 0, 0, 0};
  model.periods = ParsePeriods("7,30,60");
  return model;
}

TEST(Hazard, LeavingIsWhatIsNotStayingThroughEachPeriod) {
  const std::vector<std::vector<double>> leaving =
      LeavingProbabilities(SmallHazard(), TableOf({1, 2}));
  const double stays = 1 - 1 / (1 + std::exp(1.0));
  ASSERT_EQ(leaving.size(), 3u);
  for (const size_t row : {0u, 1u}) {
    EXPECT_NEAR(leaving[0][row], 1 - stays, 1e-12);
    EXPECT_NEAR(leaving[1][row], 1 - stays / 2, 1e-12);
    EXPECT_NEAR(leaving[2][row], 1 - stays / 4, 1e-12);
  }
  const std::vector<double> parts = HazardContributions(SmallHazard(), TableOf({1}));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_NEAR(parts[0], 0, 1e-12);
  EXPECT_NEAR(parts[0] + parts[1], -1.0 / 3, 1e-12);  // the mean of -1, 0, 0
}

TEST(Hazard, TreesFindAKnownHazardThoughManyAreCensored) {
  constexpr int kCustomers = 12'000;
  constexpr double kHazard[2][3] = {{0.5, 0.1, 0.05}, {0.1, 0.2, 0.4}};
  const std::vector<int64_t> periods = ParsePeriods("7,30,60");
  uint64_t state = 1;
  const auto draw = [&state] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  std::vector<float> kind;
  std::vector<Departure> departures;
  for (int customer = 0; customer < kCustomers; ++customer) {
    kind.push_back(static_cast<float>(customer % 2));
    const double followed = draw() < 0.5 ? 90 : 20;
    double left = 1000;
    for (int period = 2; period >= 0; --period) {
      constexpr double kMiddle[] = {3, 18, 45};
      if (draw() < kHazard[customer % 2][period]) left = kMiddle[period];
    }
    departures.push_back(left <= followed ? LeftAt(left, followed) : Censored(followed));
  }
  GbdtConfig config;
  config.epochs = 60;
  config.learning_rate = 0.3;
  config.max_depth = 3;
  HazardModel model;
  model.periods = periods;
  const std::unique_ptr<Solver> solver =
      MakeGbdtCpu(config, {ExpandPeriods(TableOf(kind), departures, periods), nullptr});
  for (int epoch = 0; epoch < config.epochs; ++epoch) {
    ASSERT_TRUE(solver->RunEpoch(StopFlag()).finished);
  }
  model.trees = std::get<TreeEnsemble>(solver->Snapshot());
  const std::vector<std::vector<double>> leaving = LeavingProbabilities(model, TableOf({0, 1}));
  for (const size_t row : {0u, 1u}) {
    double stays = 1;
    for (size_t period = 0; period < 3; ++period) {
      stays *= 1 - kHazard[row][period];
      // Three standard errors of a share of 2,000 customers.
      EXPECT_NEAR(leaving[period][row], 1 - stays, 0.034) << row << " " << period;
    }
  }
}

}  // namespace
}  // namespace tidewright
