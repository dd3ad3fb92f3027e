// When customers left, by hand: the first silence of a horizon, and what the log cannot tell.
#include "host/features/departures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/parallel.h"
#include "tests/host/features/hand_log.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kLeaveCutoff = 1'000 * kMicrosPerDay;
constexpr int64_t kNoEnd = INT64_MAX;

// Every customer buys just before the cutoff, then as `later` says; somebody who is in no table
// ends the log after 150 days.
HandLog LeavingLog(const std::vector<HandEvent>& later, int users) {
  std::vector<HandEvent> events;
  for (int user = 0; user < users; ++user) events.push_back({user, 0, kLeaveCutoff - 1});
  for (HandEvent event : later) {
    event.time += kLeaveCutoff;
    events.push_back(event);
  }
  events.push_back({users, 0, kLeaveCutoff + Days(150)});
  HandLog hand(events, users + 1);
  hand.spec.horizon = Days(30);
  return hand;
}

std::vector<Departure> DeparturesOf(const HandLog& hand, int64_t end = kNoEnd) {
  return FindDepartures(hand.log, hand.spec, kLeaveCutoff, end, hand.Snapshot(kLeaveCutoff, false));
}

void ExpectDeparture(const Departure& found, double days, bool left) {
  EXPECT_DOUBLE_EQ(static_cast<double>(found.time), static_cast<double>(Days(days)));
  EXPECT_EQ(found.left, left);
}

TEST(Departures, AreTheLastEventBeforeTheFirstSilenceOfAHorizon) {
  const HandLog hand = LeavingLog({{1, 0, Days(10)},
                                   {1, 0, Days(40)},
                                   {2, 0, Days(31)},
                                   {3, 0, Days(20)},
                                   {3, 0, Days(60)},
                                   {3, 0, Days(61)},
                                   {4, 0, Days(5)},
                                   {4, 0, Days(20), 1},
                                   {4, 0, Days(21), 0, -1},
                                   {4, 0, Days(36)}},
                                  5);
  const std::vector<Departure> found = DeparturesOf(hand);
  ASSERT_EQ(found.size(), 5u);
  ExpectDeparture(found[0], 0, true);   // never came back
  ExpectDeparture(found[1], 40, true);  // thirty days to the microsecond are no silence
  ExpectDeparture(found[2], 0, true);   // came back, but after having left
  ExpectDeparture(found[3], 20, true);
  ExpectDeparture(found[4], 5, true);  // cancelling and sending back are silence
  for (const Departure& one : found) EXPECT_EQ(one.followed, Days(120));
}

TEST(Departures, AreCensoredWhereTheSilenceWouldEndAfterTheLog) {
  std::vector<HandEvent> later;
  for (int step = 1; step <= 6; ++step) {
    later.push_back({0, 0, Days(20 * step)});
    later.push_back({1, 0, Days(20 * step)});
  }
  later.push_back({1, 0, Days(120) + 1});
  const std::vector<Departure> found = DeparturesOf(LeavingLog(later, 2));
  ExpectDeparture(found[0], 120, true);  // the silence of 30 days ends with the log
  ExpectDeparture(found[1], 120, false);
}

TEST(Departures, ReadNothingAfterTheEnd) {
  const HandLog hand = LeavingLog({{0, 0, Days(25)},
                                   {0, 0, Days(50)},
                                   {1, 0, Days(10)},
                                   {1, 0, Days(41)},
                                   {2, 0, Days(39)},
                                   {2, 0, Days(40)}},
                                  3);
  const int64_t end = kLeaveCutoff + Days(40);
  const std::vector<Departure> found = DeparturesOf(hand, end);
  ExpectDeparture(found[0], 10, false);  // is there on day 25; leaving is judged to day 10
  ExpectDeparture(found[1], 10, true);
  ExpectDeparture(found[2], 0, true);
  HandLog cut = hand;
  cut.log = TruncateLog(hand.log, end);
  const std::vector<Departure> again = DeparturesOf(cut, end);
  for (size_t row = 0; row < found.size(); ++row) {
    EXPECT_EQ(again[row].time, found[row].time);
    EXPECT_EQ(again[row].left, found[row].left);
    EXPECT_EQ(again[row].followed, found[row].followed);
  }
}

TEST(Departures, AreTheSameForAnyNumberOfThreads) {
  std::vector<HandEvent> later;
  for (int user = 0; user < 2500; ++user) {
    for (int step = 1; step < 5; ++step) later.push_back({user, 0, Days(step * (7 + user % 37))});
  }
  const HandLog hand = LeavingLog(later, 2500);
  SetNumThreads(1);
  const std::vector<Departure> one = DeparturesOf(hand);
  SetNumThreads(3);
  const std::vector<Departure> three = DeparturesOf(hand);
  SetNumThreads(0);
  ASSERT_EQ(one.size(), three.size());
  for (size_t row = 0; row < one.size(); ++row) {
    EXPECT_EQ(one[row].time, three[row].time);
    EXPECT_EQ(one[row].left, three[row].left);
    EXPECT_EQ(one[row].followed, three[row].followed);
  }
}

TEST(Departures, AreFollowedForWholeDaysInMessages) {
  EXPECT_EQ(FollowedText(Days(15) + 132'557 * kMicrosPerSecond), "16d");
  EXPECT_EQ(FollowedText(Days(1) - 1), "less than a day");
}

TEST(Departures, RefuseALogThatEndsBeforeAHorizon) {
  const HandLog hand = LeavingLog({}, 1);
  EXPECT_EQ(DeparturesOf(hand, kLeaveCutoff + Days(30))[0].followed, 0);
  try {
    DeparturesOf(hand, kLeaveCutoff + Days(30) - 1);
    FAIL() << "nobody can be seen to leave";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("less than 30d after the cutoff"));
    EXPECT_THAT(error.what(), HasSubstr("expected an earlier date (--at, or --cutoff"));
  }
}

}  // namespace
}  // namespace tidewright
