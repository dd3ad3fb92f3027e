// What each feature says, on logs small enough to count by hand.
#include "host/features/feature_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/host/features/hand_log.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 1972-09-27, a Wednesday, 00:00.
constexpr int64_t kCutoff = 1'000 * kMicrosPerDay;

// The value of a feature for the only customer of these events.
class OneCustomer {
 public:
  explicit OneCustomer(const std::vector<HandEvent>& events) : hand_(events, 1) {
    table_ = hand_.Snapshot(kCutoff, false);
  }
  float operator[](const std::string& name) const { return ValuesOf(table_, name).at(0); }

 private:
  HandLog hand_;
  FeatureTable table_;
};

float LogOf(double x) { return static_cast<float>(std::log1p(x)); }

TEST(Features, OneEventSaysAllThereIs) {
  const OneCustomer customer({{0, 0, kCutoff - Days(10), 0, 3, 2}});
  EXPECT_FLOAT_EQ(customer["log_recency"], LogOf(10));
  EXPECT_FLOAT_EQ(customer["log_tenure"], LogOf(10));
  EXPECT_FLOAT_EQ(customer["log_visits"], LogOf(1));
  EXPECT_FLOAT_EQ(customer["log_value"], LogOf(3));
  EXPECT_FLOAT_EQ(customer["mean_price"], 2);
  EXPECT_FLOAT_EQ(customer["log_amount_price_14d"], LogOf(6));
  EXPECT_EQ(customer["log_amount_price_7d"], 0);
  EXPECT_EQ(customer["last_position"], 0);
  EXPECT_EQ(customer["item_entropy"], 0);
  EXPECT_EQ(customer["top_item_share"], 1);
  for (const char* missing :
       {"log_gap_mean", "log_gap_deviation", "log_gap_last", "gap_now", "gap_now_deviations",
        "last_visit_value", "log_negative_recency", "log_days_since_cancel", "negative_share_7d"}) {
    EXPECT_TRUE(std::isnan(customer[missing])) << missing;
  }
  EXPECT_EQ(customer["negative_share_14d"], 0);
}

TEST(Features, WindowsAreOpenAtTheirBeginAndClosedAtTheCutoff) {
  const OneCustomer customer({{0, 0, kCutoff},
                              {0, 0, kCutoff - Days(7) + 1},
                              {0, 0, kCutoff - Days(7)},
                              {0, 0, kCutoff - Days(365) + 1},
                              {0, 0, kCutoff - Days(365)}});
  EXPECT_FLOAT_EQ(customer["log_events_buy_7d"], LogOf(2));
  EXPECT_FLOAT_EQ(customer["log_events_buy_14d"], LogOf(3));
  EXPECT_FLOAT_EQ(customer["log_events_buy_180d"], LogOf(3));
  EXPECT_FLOAT_EQ(customer["log_events_buy_365d"], LogOf(4));
  EXPECT_FLOAT_EQ(customer["log_tenure"], LogOf(365));
}

TEST(Features, AShorterWindowHasOnlyTheWindowsInside) {
  HandLog hand({{0, 0, kCutoff - Days(10)}, {0, 0, kCutoff - Days(50)}}, 1);
  hand.spec.window = Days(45);
  const FeatureTable table = hand.Snapshot(kCutoff, false);
  EXPECT_FLOAT_EQ(ValuesOf(table, "log_events_buy_45d")[0], LogOf(1));
  EXPECT_FLOAT_EQ(ValuesOf(table, "log_tenure")[0], LogOf(50));
  EXPECT_THROW(ValuesOf(table, "log_events_buy_60d"), DataError);
  EXPECT_THROW(ValuesOf(table, "log_visits_season"), DataError);
}

TEST(Features, EventsWithinHalfAnHourAreOneVisit) {
  const int64_t begin = kCutoff - Days(3);
  const OneCustomer customer({{0, 0, begin},
                              {0, 1, begin + kVisitGap},
                              {0, 2, begin + 2 * kVisitGap},
                              {0, 3, begin + 3 * kVisitGap + 1}});
  EXPECT_FLOAT_EQ(customer["log_visits"], LogOf(2));
  EXPECT_FLOAT_EQ(customer["log_events_per_visit"], std::log(2.0f));
  EXPECT_FLOAT_EQ(customer["log_events_last_visit"], LogOf(1));
  EXPECT_FLOAT_EQ(customer["visit_minutes"], 30);
  EXPECT_FLOAT_EQ(customer["log_days_7d"], LogOf(1));
}

TEST(Features, GapsAreDaysBetweenVisits) {
  const OneCustomer customer(
      {{0, 0, kCutoff - Days(100)}, {0, 0, kCutoff - Days(90)}, {0, 0, kCutoff - Days(60)}});
  EXPECT_FLOAT_EQ(customer["log_gap_mean"], LogOf(20));
  EXPECT_FLOAT_EQ(customer["log_gap_deviation"], LogOf(10));
  EXPECT_FLOAT_EQ(customer["log_gap_longest"], LogOf(30));
  EXPECT_FLOAT_EQ(customer["log_gap_last"], LogOf(30));
  EXPECT_FLOAT_EQ(customer["gap_now"], LogOf(60) - LogOf(20));
  EXPECT_FLOAT_EQ(customer["gap_now_deviations"], 40.0f / 17.0f);
  EXPECT_FLOAT_EQ(customer["gap_now_rank"], 1.0f / 4.0f);
  EXPECT_FLOAT_EQ(customer["last_position"], 0.4f);
  EXPECT_FLOAT_EQ(customer["trend_visits_90d"], LogOf(1) - LogOf(2));
  EXPECT_FLOAT_EQ(customer["expected_visits"], LogOf(3.0 / 70.0 * 90.0));
  EXPECT_FLOAT_EQ(customer["alive"], static_cast<float>(std::exp(-60.0 * 3 / 70)));
}

TEST(Features, DislikesAreCountedApart) {
  const OneCustomer customer({{0, 0, kCutoff - Days(20), 0, 6, 2},
                              {0, 0, kCutoff - Days(5), 1, 2, 2},
                              {0, 1, kCutoff - Days(2), 0, -4, 3}});
  EXPECT_FLOAT_EQ(customer["log_recency"], LogOf(20));
  EXPECT_FLOAT_EQ(customer["log_negative_recency"], LogOf(2));
  EXPECT_FLOAT_EQ(customer["log_days_since_cancel"], LogOf(5));
  EXPECT_FLOAT_EQ(customer["log_days_since_buy"], LogOf(2));
  EXPECT_EQ(customer["negative_share_14d"], 1);
  EXPECT_FLOAT_EQ(customer["negative_share_30d"], 2.0f / 3.0f);
  EXPECT_FLOAT_EQ(customer["negative_value_share"], 0.5f);
  EXPECT_EQ(customer["last_is_negative"], 1);
  EXPECT_FLOAT_EQ(customer["log_value"], LogOf(6));
  EXPECT_FLOAT_EQ(customer["log_amount_price_30d"], -LogOf(4));
  EXPECT_EQ(customer["mean_price"], 2);
}

TEST(Features, BreadthCountsItemsAndWhatIsNew) {
  const OneCustomer customer({{0, 1, kCutoff - Days(200)},
                              {0, 1, kCutoff - Days(50)},
                              {0, 2, kCutoff - Days(50)},
                              {0, 3, kCutoff - Days(1)},
                              {0, 2, kCutoff - Days(1)}});
  EXPECT_FLOAT_EQ(customer["log_items"], LogOf(3));
  EXPECT_FLOAT_EQ(customer["item_entropy"],
                  static_cast<float>(-0.8 * std::log(0.4) - 0.2 * std::log(0.2)));
  EXPECT_FLOAT_EQ(customer["top_item_share"], 0.4f);
  EXPECT_FLOAT_EQ(customer["repeat_share"], 2.0f / 3.0f);
  EXPECT_FLOAT_EQ(customer["new_item_share_90d"], 2.0f / 3.0f);
  EXPECT_FLOAT_EQ(customer["new_item_share_last_visit"], 0.5f);
}

TEST(Features, ItemsTellHowManyOfTheirCustomersCameBack) {
  // Item 0: of its customers u0 and u1 before the last horizon, u0 came back; item 1: u2 did not.
  HandLog hand({{0, 0, kCutoff - Days(100)},
                {0, 0, kCutoff - Days(101)},
                {0, 1, kCutoff - Days(10)},
                {1, 0, kCutoff - Days(180) + 1},
                {1, 1, kCutoff - Days(180)},
                {2, 1, kCutoff - Days(90)},
                {2, 0, kCutoff - Days(5), 1}});
  const FeatureTable table = hand.Snapshot(kCutoff, false);
  const double item_0 = (1 + 20.0 / 3) / 22;
  const double item_1 = (0 + 20.0 / 3) / 21;
  const std::vector<float>& shares = ValuesOf(table, "item_return_share");
  EXPECT_FLOAT_EQ(shares[0], static_cast<float>((2 * item_0 + item_1) / 3));
  EXPECT_FLOAT_EQ(shares[2], static_cast<float>(item_1));
  EXPECT_FLOAT_EQ(ValuesOf(table, "item_return_share_last_visit")[0], static_cast<float>(item_1));
  EXPECT_FLOAT_EQ(ValuesOf(table, "item_popularity")[2], LogOf(3));
  EXPECT_FLOAT_EQ(ValuesOf(table, "item_growth")[2], LogOf(1) - LogOf(3));
}

TEST(Features, ItemsSayNothingOfReturnsWithoutAnEarlierHorizon) {
  EXPECT_TRUE(std::isnan(OneCustomer({{0, 0, kCutoff - Days(10)}})["item_return_share"]));
}

TEST(Features, MonthsAreThirtyDaysBackFromTheCutoff) {
  const OneCustomer customer({{0, 0, kCutoff - Days(30) + 1},
                              {0, 0, kCutoff - Days(90)},
                              {0, 0, kCutoff - Days(91)},
                              {0, 0, kCutoff - Days(40), 1}});
  EXPECT_EQ(customer["month_1"], 1);
  EXPECT_EQ(customer["month_2"], 0);
  EXPECT_EQ(customer["month_4"], 1);
  EXPECT_EQ(customer["months_active"], 2);
  EXPECT_FLOAT_EQ(customer["months_share"], 0.5);
}

TEST(Features, RhythmKnowsTheDayOfTheWeekAndTheHour) {
  // Mondays at 13:00 and a Sunday at 23:59:59.
  const OneCustomer customer({{0, 0, kCutoff - Days(2) + Days(13.0 / 24)},
                              {0, 0, kCutoff - Days(9) + Days(13.0 / 24)},
                              {0, 0, kCutoff - Days(2) - kMicrosPerSecond}});
  EXPECT_FLOAT_EQ(customer["share_monday"], 2.0f / 3.0f);
  EXPECT_FLOAT_EQ(customer["share_sunday"], 1.0f / 3.0f);
  EXPECT_EQ(customer["share_wednesday"], 0);
  EXPECT_FLOAT_EQ(customer["share_afternoon"], 2.0f / 3.0f);
  EXPECT_FLOAT_EQ(customer["share_evening"], 1.0f / 3.0f);
}

TEST(Features, RhythmHoldsBefore1970) {
  // 1969-12-29, a Monday, at 01:00.
  HandLog hand({{0, 0, -Days(3) + Days(1.0 / 24)}}, 1);
  const FeatureTable table = hand.Snapshot(0, false);
  EXPECT_EQ(ValuesOf(table, "share_monday")[0], 1);
  EXPECT_EQ(ValuesOf(table, "share_night")[0], 1);
}

TEST(Features, SeasonIsTheHorizonAYearEarlier) {
  HandLog hand({{0, 0, kCutoff - Days(365) + 1},
                {0, 0, kCutoff - Days(275)},
                {0, 0, kCutoff - Days(275) + 1},
                {0, 0, kCutoff}},
               1);
  EXPECT_FLOAT_EQ(ValuesOf(hand.Snapshot(kCutoff, false), "log_visits_season")[0], LogOf(2));
}

TEST(Features, HaveDistinctNamesEvenForSignalsNamedAlike) {
  SnapshotSpec spec;
  spec.signals = {{"last", 1}, {"negative", -1}, {"price", 1}, {"visits", 1}};
  spec.event_columns = {"price", "last"};
  spec.groups = FeatureGroups();
  std::set<std::string> names;
  for (const Feature& feature : ListFeatures(spec)) {
    EXPECT_TRUE(names.insert(feature.name).second) << feature.name;
  }
  EXPECT_GT(names.size(), 100u);
}

TEST(Features, AreChosenByGroup) {
  EXPECT_EQ(ParseFeatureGroups("all"), FeatureGroups());
  EXPECT_THAT(ParseFeatureGroups("gaps,recency"), ElementsAre("recency", "gaps"));
  SnapshotSpec spec;
  spec.signals = {{"buy", 1}};
  spec.groups = {"tenure"};
  for (const Feature& feature : ListFeatures(spec)) EXPECT_EQ(feature.group, "tenure");
  try {
    ParseFeatureGroups("recency,trends");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'trend'?"));
  }
}

TEST(Features, StandInTheReadmeWithWhatTheySay) {
  std::ifstream file(TIDEWRIGHT_SOURCE_DIR "/host/features/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  SnapshotSpec spec;
  spec.signals = {{"buy", 1}};
  spec.event_columns = {"price"};
  spec.groups = FeatureGroups();
  for (const Feature& feature : ListFeatures(spec)) {
    std::ostringstream row;
    row << "| " << feature.group << " | `" << feature.family << "` | " << feature.meaning << " |";
    EXPECT_THAT(readme.str(), HasSubstr(row.str()));
  }
}

}  // namespace
}  // namespace tidewright
