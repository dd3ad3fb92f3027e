// Who is in the table, who has left, and that nothing after the cutoff is read.
#include "host/features/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "tests/host/features/hand_log.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kSnapshotCutoff = 1'000 * kMicrosPerDay;

TEST(Snapshot, HoldsWhoWasActiveInTheWindowToTheMicrosecond) {
  HandLog hand({{0, 0, kSnapshotCutoff},
                {1, 0, kSnapshotCutoff + 1},
                {2, 0, kSnapshotCutoff - Days(30)},
                {3, 0, kSnapshotCutoff - Days(30) + 1},
                {4, 0, kSnapshotCutoff - 1, 1}},
               5);
  hand.spec.window = Days(30);
  EXPECT_THAT(IdsOf(hand.Snapshot(kSnapshotCutoff, false)), ElementsAre("u0", "u3"));
}

TEST(Snapshot, ChurnIsNoPositiveEventInTheHorizonToTheMicrosecond) {
  std::vector<HandEvent> events;
  const int64_t begin = kSnapshotCutoff + Days(5);
  const int64_t end = begin + Days(90);
  // What each customer does after a purchase before the cutoff.
  const std::vector<HandEvent> later = {{0, 0, begin},        {1, 0, begin + 1},
                                        {2, 0, end},          {3, 0, end + 1},
                                        {4, 0, begin + 1, 1}, {5, 0, begin + 1, 0, -2.0f}};
  for (const HandEvent& event : later) {
    events.push_back({event.user, 0, kSnapshotCutoff - 1});
    events.push_back(event);
  }
  HandLog hand(events, 6);
  hand.spec.gap = Days(5);
  const FeatureTable table = hand.Snapshot(kSnapshotCutoff, true);
  EXPECT_THAT(table.label, ElementsAre(1, 0, 0, 1, 1, 1));
  EXPECT_EQ(table.label_name, "churn in 90d");
  EXPECT_THAT(table.group, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Snapshot, RefusesAHorizonThatTheLogDoesNotReach) {
  const HandLog exact({{0, 0, kSnapshotCutoff}, {0, 0, kSnapshotCutoff + Days(90)}}, 1);
  EXPECT_THAT(exact.Snapshot(kSnapshotCutoff, true).label, ElementsAre(0));
  const HandLog hand({{0, 0, kSnapshotCutoff}, {0, 0, kSnapshotCutoff + Days(90) - 1}}, 1);
  EXPECT_EQ(hand.Snapshot(kSnapshotCutoff, false).rows, 1);
  try {
    hand.Snapshot(kSnapshotCutoff, true);
    FAIL() << "the labels would be wrong";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the log ends at 1972-12-25"));
    EXPECT_THAT(error.what(), HasSubstr("expected an earlier date (--at, or --cutoff"));
  }
}

TEST(Snapshot, RefusesAWindowWithoutAnyCustomer) {
  const HandLog hand({{0, 0, kSnapshotCutoff + 1}, {1, 0, kSnapshotCutoff - Days(400)}});
  EXPECT_THROW(hand.Snapshot(kSnapshotCutoff, false), DataError);
}

TEST(Snapshot, RefusesALogWithoutTimes) {
  HandLog hand({{0, 0, kSnapshotCutoff}});
  hand.log.timestamp.clear();
  EXPECT_THROW(hand.Snapshot(kSnapshotCutoff, false), DataError);
}

TEST(Snapshot, ASignalOfWeightZeroHasNotHappened) {
  HandLog hand({{0, 0, kSnapshotCutoff}, {1, 0, kSnapshotCutoff, 1}});
  hand.spec.signals = {{"buy", 0}, {"cancel", 1}};
  const FeatureTable table = hand.Snapshot(kSnapshotCutoff, false);
  EXPECT_THAT(IdsOf(table), ElementsAre("u1"));
  EXPECT_THROW(ValuesOf(table, "log_events_buy_30d"), DataError);
  EXPECT_FLOAT_EQ(ValuesOf(table, "log_events_cancel_30d")[0], std::log1p(1.0f));
}

// Features as they are, but for the last one: what `peek` says of each user of the log.
FeatureTwin Leaking(const std::function<float(const EventLog& log, int32_t user)>& peek) {
  return [peek](const FeatureRequest& request) {
    FeatureValues values = BuildFeaturesCpu(request);
    for (size_t row = 0; row < values.users.size(); ++row) {
      values.columns.back()[row] = peek(request.log, values.users[row]);
    }
    return values;
  };
}

TEST(Snapshot, CatchesAFeatureThatReadsBeyondTheCutoff) {
  const HandLog hand(
      {{0, 0, kSnapshotCutoff - 5}, {0, 1, kSnapshotCutoff + 1}, {1, 0, kSnapshotCutoff - 1}});
  std::vector<Feature> features = ListFeatures(hand.spec);
  features.push_back({"events_ever", "events_ever", "recency", "what no one can know yet", {}});
  const auto guard = [&](const FeatureTwin& twin) {
    RefuseLeak(
        DescribeCustomers(hand.log, hand.customers(), hand.spec, kSnapshotCutoff, features, twin),
        hand.log, hand.customers(), hand.spec, kSnapshotCutoff, features, twin);
  };
  EXPECT_NO_THROW(guard(BuildFeaturesCpu));
  try {
    guard(Leaking([](const EventLog& log, int32_t user) {
      return static_cast<float>(std::count(log.user.begin(), log.user.end(), user));
    }));
    FAIL() << "the leak was not seen";
  } catch (const DataError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::kBadData);
    EXPECT_THAT(error.what(), HasSubstr("reads beyond its cutoff: events_ever of customer u0"));
  }
}

TEST(Snapshot, CatchesAValueOfTheFutureInAnyColumnOfTheLog) {
  const HandLog hand({{0, 0, kSnapshotCutoff - 5}, {0, 1, kSnapshotCutoff + 1, 0, 1, 99}});
  const std::vector<Feature> features = {{"dearest", "dearest", "value", "over the whole log", {}}};
  const FeatureTwin twin = Leaking([](const EventLog& log, int32_t) {
    const std::vector<float>& prices = log.extra[0].values;
    return *std::max_element(prices.begin(), prices.end());
  });
  const FeatureTable table =
      DescribeCustomers(hand.log, hand.customers(), hand.spec, kSnapshotCutoff, features, twin);
  EXPECT_THROW(
      RefuseLeak(table, hand.log, hand.customers(), hand.spec, kSnapshotCutoff, features, twin),
      DataError);
}

// Four hundred customers with events before and after the cutoff.
HandLog RandomLog() {
  std::vector<HandEvent> events;
  for (int32_t e = 0; e < 20'000; ++e) {
    const PhiloxDraw draw = Philox(3, 1, static_cast<uint64_t>(e));
    const PhiloxDraw more = Philox(3, 2, static_cast<uint64_t>(e));
    events.push_back(
        {static_cast<int32_t>(draw.word[0] % 400), static_cast<int32_t>(draw.word[1] % 100),
         kSnapshotCutoff + Days(100) - Days(1) * (draw.word[2] % 600) - draw.word[3],
         static_cast<uint8_t>(more.word[0] % 8 == 0), static_cast<float>(more.word[1] % 100) / 7.0f,
         static_cast<float>(more.word[2] % 1000) / 9.0f});
  }
  events.push_back({0, 0, kSnapshotCutoff + Days(100)});
  return HandLog(events, 400);
}

TEST(Snapshot, HasTheSameBytesForAnyNumberOfThreads) {
  const HandLog hand = RandomLog();
  SetNumThreads(1);
  const std::string one = FingerprintOf(hand.Snapshot(kSnapshotCutoff, true));
  for (const int threads : {2, 5}) {
    SetNumThreads(threads);
    EXPECT_EQ(FingerprintOf(hand.Snapshot(kSnapshotCutoff, true)), one) << threads;
  }
  SetNumThreads(0);
}

TEST(Snapshot, EventsAfterTheHorizonChangeNothing) {
  const HandLog hand = RandomLog();
  HandLog longer = hand;
  for (int32_t user = 0; user < 400; ++user) {
    longer.log.user.push_back(user);
    longer.log.item.push_back(7);
    longer.log.timestamp.push_back(kSnapshotCutoff + Days(150));
    longer.log.signal.push_back(0);
    longer.log.value.push_back(3);
    longer.log.extra[0].values.push_back(11);
  }
  SortEvents(&longer.log);
  EXPECT_EQ(FingerprintOf(longer.Snapshot(kSnapshotCutoff, true)),
            FingerprintOf(hand.Snapshot(kSnapshotCutoff, true)));
}

TEST(Snapshot, TruncationKeepsWhatIsAtTheCutoff) {
  const HandLog hand(
      {{0, 0, kSnapshotCutoff}, {0, 1, kSnapshotCutoff + 1}, {1, 2, kSnapshotCutoff - 1, 1, 4, 5}});
  const EventLog log = TruncateLog(hand.log, kSnapshotCutoff);
  EXPECT_THAT(log.user, ElementsAre(0, 1));
  EXPECT_THAT(log.item, ElementsAre(0, 2));
  EXPECT_THAT(log.signal, ElementsAre(0, 1));
  EXPECT_THAT(log.value, ElementsAre(1, 4));
  EXPECT_THAT(log.extra[0].values, ElementsAre(1, 5));
}

TEST(Snapshot, TakesUserColumnsAlong) {
  HandLog hand({{0, 0, kSnapshotCutoff}, {2, 0, kSnapshotCutoff}});
  hand.columns = {{"age", std::vector<float>{31, 41, kMissing}},
                  {"country", std::vector<std::string>{"uk", "fr", ""}}};
  hand.spec.user_columns = {"country", "age"};
  const FeatureTable table = hand.Snapshot(kSnapshotCutoff, false);
  EXPECT_THAT(table.columns.end()[-2].description.categories, ElementsAre("fr", "uk"));
  EXPECT_EQ(ValuesOf(table, "user_country")[0], 1);
  EXPECT_TRUE(std::isnan(ValuesOf(table, "user_country")[1]));
  EXPECT_EQ(ValuesOf(table, "user_age")[0], 31);
  EXPECT_TRUE(std::isnan(ValuesOf(table, "user_age")[1]));
  hand.spec.user_columns = {"city"};
  EXPECT_THROW(hand.Snapshot(kSnapshotCutoff, false), DataError);
}

TEST(Snapshot, TablesOfSeveralCutoffsStackByCustomer) {
  const HandLog hand({{0, 0, kSnapshotCutoff - Days(40)},
                      {1, 0, kSnapshotCutoff - Days(1)},
                      {2, 0, kSnapshotCutoff + Days(90)}});
  const FeatureTable table = StackTables(
      {hand.Snapshot(kSnapshotCutoff - Days(30), true), hand.Snapshot(kSnapshotCutoff, true)});
  EXPECT_THAT(IdsOf(table), ElementsAre("u0", "u0", "u1"));
  EXPECT_THAT(table.group, ElementsAre(0, 0, 1));
  EXPECT_THAT(table.label, ElementsAre(1, 1, 1));
  for (const FeatureColumn& column : table.columns) EXPECT_EQ(column.values.size(), 3u);
}

TEST(Snapshot, LeavesOutColumnsWithoutAValue) {
  const HandLog hand({{0, 0, kSnapshotCutoff - Days(40)}, {1, 0, kSnapshotCutoff - Days(1)}});
  FeatureTable table = hand.Snapshot(kSnapshotCutoff, false);
  EXPECT_TRUE(std::isnan(ValuesOf(table, "log_gap_mean")[0]));
  DropEmptyColumns(&table);
  EXPECT_THROW(ValuesOf(table, "log_gap_mean"), DataError);
  EXPECT_EQ(ValuesOf(table, "log_visits").size(), 2u);
}

}  // namespace
}  // namespace tidewright
