#include "host/features/journey.h"

#include <gtest/gtest.h>

#include "tests/host/features/hand_log.h"

namespace tidewright {
namespace {

constexpr int64_t kCutoff = 1'000 * kMicrosPerDay;

std::string Journey(const HandLog& hand) { return JourneyText(hand.Snapshot(kCutoff, false), 0); }

TEST(Journey, SaysHowOftenAndHowLongAgo) {
  EXPECT_EQ(Journey(HandLog({{0, 0, kCutoff - Days(100)},
                             {0, 0, kCutoff - Days(79)},
                             {0, 0, kCutoff - Days(58)},
                             {0, 0, kCutoff - Days(57), 1}},
                            1)),
            "3 visits, usually every 21 days, the last one 58 days ago; 33 % of the events of the "
            "last 90 days were negative; the last event was negative; a customer for 100 days");
}

TEST(Journey, SaysLittleOfASingleVisit) {
  EXPECT_EQ(Journey(HandLog({{0, 0, kCutoff - Days(1)}}, 1)),
            "1 visit, 1 day ago; a customer for 1 day");
  EXPECT_EQ(Journey(HandLog({{0, 0, kCutoff}}, 1)), "1 visit, just now; a customer for 0 days");
}

TEST(Journey, LeavesOutWhatTheColumnsDoNotSay) {
  HandLog hand({{0, 0, kCutoff - Days(5)}}, 1);
  hand.spec.groups = {"recency"};
  EXPECT_EQ(Journey(hand), "the last one 5 days ago");
  hand.spec.groups = {"breadth"};
  EXPECT_EQ(Journey(hand), "");
}

}  // namespace
}  // namespace tidewright
