#include "host/features/journey.h"

#include <gtest/gtest.h>

#include "tests/host/features/hand_log.h"

namespace tidewright {
namespace {

constexpr int64_t kJourneyCutoff = 1'000 * kMicrosPerDay;

std::string Journey(const HandLog& hand) {
  return JourneyText(hand.Snapshot(kJourneyCutoff, false), 0);
}

TEST(Journey, SaysHowOftenAndHowLongAgo) {
  EXPECT_EQ(Journey(HandLog({{0, 0, kJourneyCutoff - Days(100)},
                             {0, 0, kJourneyCutoff - Days(79)},
                             {0, 0, kJourneyCutoff - Days(58)},
                             {0, 0, kJourneyCutoff - Days(57), 1}},
                            1)),
            "3 visits, usually every 21 days, the last one 58 days ago; 33 % of the events of the "
            "last 90 days were negative; the last event was negative; a customer for 100 days");
}

std::string LastVisits(const HandLog& hand) {
  return LastVisitsText({hand.log, 0, hand.log.size(), kJourneyCutoff}, hand.spec);
}

TEST(Journey, SaysWhichOfTheLastVisitsWereRegretted) {
  std::vector<HandEvent> events = {
      {0, 1, kJourneyCutoff - Days(90)},    {0, 1, kJourneyCutoff - Days(89), 1},
      {0, 2, kJourneyCutoff - Days(60)},    {0, 3, kJourneyCutoff - Days(40)},
      {0, 2, kJourneyCutoff - Days(39), 1}, {0, 4, kJourneyCutoff - Days(20)},
      {0, 4, kJourneyCutoff - Days(19), 1}, {0, 9, kJourneyCutoff - Days(10), 1}};
  EXPECT_EQ(LastVisits(HandLog(events, 1)), "2 of the last 3 visits had items with a later cancel");
  // A negative value says the same as a negative signal.
  events[6] = {0, 4, kJourneyCutoff - Days(19), 0, -1};
  EXPECT_EQ(LastVisits(HandLog(events, 1)),
            "2 of the last 3 visits had items with a later cancel or return");
  const HandLog hand(events, 1);
  const std::string journey =
      JourneyText(hand.Snapshot(kJourneyCutoff, false), 0, LastVisits(hand));
  EXPECT_NE(journey.find("; 2 of the last 3 visits had items"), std::string::npos) << journey;
}

TEST(Journey, SaysNothingOfVisitsWithoutRegret) {
  EXPECT_EQ(LastVisits(HandLog(
                {{0, 1, kJourneyCutoff - Days(5)}, {0, 2, kJourneyCutoff - Days(4), 1}}, 1)),
            "");
  // What comes after the cutoff has not happened yet.
  EXPECT_EQ(LastVisits(HandLog(
                {{0, 1, kJourneyCutoff - Days(5)}, {0, 1, kJourneyCutoff + Days(1), 1}}, 1)),
            "");
  EXPECT_EQ(LastVisits(HandLog(
                {{0, 1, kJourneyCutoff - Days(5)}, {0, 1, kJourneyCutoff - Days(1), 1}}, 1)),
            "the last visit had items with a later cancel");
}

TEST(Journey, SaysLittleOfASingleVisit) {
  EXPECT_EQ(Journey(HandLog({{0, 0, kJourneyCutoff - Days(1)}}, 1)),
            "1 visit, 1 day ago; a customer for 1 day");
  EXPECT_EQ(Journey(HandLog({{0, 0, kJourneyCutoff}}, 1)),
            "1 visit, just now; a customer for 0 days");
}

TEST(Journey, LeavesOutWhatTheColumnsDoNotSay) {
  HandLog hand({{0, 0, kJourneyCutoff - Days(5)}}, 1);
  hand.spec.groups = {"recency"};
  EXPECT_EQ(Journey(hand), "the last one 5 days ago");
  hand.spec.groups = {"breadth"};
  EXPECT_EQ(Journey(hand), "");
}

}  // namespace
}  // namespace tidewright
