#include "host/bgnbd/histories.h"

#include <gtest/gtest.h>

#include <vector>

#include "host/core/time.h"

namespace tidewright {
namespace {

constexpr int64_t kHour = kMicrosPerDay / 24;

// Two signals; a value below 0 turns an event round.
EventLog SmallLog() {
  EventLog log;
  log.signal_names = {"buy", "return"};
  log.default_signal_weights = {1, -1};
  const auto add = [&](int32_t user, int64_t time, uint8_t signal, float value) {
    log.user.push_back(user);
    log.item.push_back(0);
    log.timestamp.push_back(time);
    log.signal.push_back(signal);
    log.value.push_back(value);
  };
  add(0, 1 * kMicrosPerDay + 2 * kHour, 0, 1);
  add(0, 1 * kMicrosPerDay + 9 * kHour, 0, 1);  // the same day
  add(0, 3 * kMicrosPerDay, 1, 1);              // a return is no purchase
  add(0, 4 * kMicrosPerDay + kHour, 0, 1);
  add(0, 8 * kMicrosPerDay, 0, 1);
  add(1, 2 * kMicrosPerDay, 1, -1);  // a return of a return is one
  add(2, 9 * kMicrosPerDay, 0, 1);   // after the cutoff
  return log;
}

TEST(Histories, CountSpansAndMeasureFromTheFirst) {
  const EventLog log = SmallLog();
  const auto histories =
      ReadHistories(log, 4, {{1, -1}, kMicrosPerDay}, 6 * kMicrosPerDay + 12 * kHour);
  ASSERT_EQ(histories.size(), 4u);
  EXPECT_EQ(histories[0].frequency, 1);
  EXPECT_EQ(histories[0].recency, 3 * kMicrosPerDay);
  EXPECT_EQ(histories[0].age, 5 * kMicrosPerDay + 12 * kHour);
  EXPECT_EQ(histories[1].frequency, 0);
  EXPECT_EQ(histories[1].recency, 0);
  EXPECT_EQ(histories[1].age, 4 * kMicrosPerDay + 12 * kHour);
  EXPECT_EQ(histories[2].frequency, -1);
  EXPECT_EQ(histories[3].frequency, -1);
}

TEST(Histories, WithoutMergingEachEventCountsAtItsOwnTime) {
  const EventLog log = SmallLog();
  const auto histories = ReadHistories(log, 3, {{1, -1}, 0}, 6 * kMicrosPerDay);
  EXPECT_EQ(histories[0].frequency, 2);
  EXPECT_EQ(histories[0].recency, 3 * kMicrosPerDay - kHour);
  EXPECT_EQ(histories[0].age, 5 * kMicrosPerDay - 2 * kHour);
}

TEST(Histories, SignalsOfWeightZeroTakeNoPart) {
  const EventLog log = SmallLog();
  const auto histories = ReadHistories(log, 3, {{0, 1}, 0}, 10 * kMicrosPerDay);
  EXPECT_EQ(histories[0].frequency, 0);  // the return alone
  EXPECT_EQ(histories[2].frequency, -1);
}

TEST(Histories, WhatFallsInTheSpanOfAnEarlierEventIsNoNewOne) {
  const EventLog log = SmallLog();
  const PurchaseReading daily = {{1, -1}, kMicrosPerDay};
  const int64_t noon = kMicrosPerDay + 6 * kHour;
  EXPECT_EQ(CountPurchases(log, 3, daily, noon, 20 * kMicrosPerDay),
            (std::vector<int32_t>{2, 1, 1}));
  EXPECT_EQ(CountPurchases(log, 3, {{1, -1}, 0}, noon, 20 * kMicrosPerDay),
            (std::vector<int32_t>{3, 1, 1}));
  EXPECT_EQ(CountPurchases(log, 3, daily, noon, 4 * kMicrosPerDay + kHour),
            (std::vector<int32_t>{1, 1, 0}));
}

TEST(Histories, SpansBeforeTheEpochAreCutAlike) {
  EventLog log;
  log.signal_names = {"event"};
  log.default_signal_weights = {1};
  log.user = {0, 0};
  log.item = {0, 0};
  log.timestamp = {-kMicrosPerDay + 1, -1};
  const auto histories = ReadHistories(log, 1, {{1}, kMicrosPerDay}, 0);
  EXPECT_EQ(histories[0].frequency, 0);
  EXPECT_EQ(histories[0].age, kMicrosPerDay);
}

TEST(Histories, EqualOnesBecomeOneCell) {
  const std::vector<PurchaseHistory> histories = {{2, 14 * kMicrosPerDay, 21 * kMicrosPerDay},
                                                  {-1, 0, 0},
                                                  {0, 0, 7 * kMicrosPerDay},
                                                  {2, 14 * kMicrosPerDay, 21 * kMicrosPerDay},
                                                  {2, 7 * kMicrosPerDay, 21 * kMicrosPerDay}};
  const PurchaseCells cells = GatherCells(histories, 7 * kMicrosPerDay);
  EXPECT_EQ(cells.frequencies, (std::vector<int32_t>{0, 2}));
  EXPECT_EQ(cells.place, (std::vector<int32_t>{0, 1, 1}));
  EXPECT_EQ(cells.recency, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(cells.age, (std::vector<double>{1, 3, 3}));
  EXPECT_EQ(cells.customers, (std::vector<double>{1, 1, 2}));
}

}  // namespace
}  // namespace tidewright
