#include "host/core/time.h"

#include <gtest/gtest.h>

namespace tidewright {
namespace {

TEST(IsoTime, ReadsTheCommonForms) {
  EXPECT_EQ(ParseIsoTime("1970-01-01"), 0);
  EXPECT_EQ(ParseIsoTime("2011-09-10"), 1315612800ll * kMicrosPerSecond);
  EXPECT_EQ(ParseIsoTime("2010-12-01 08:26:00"), 1291191960ll * kMicrosPerSecond);
  EXPECT_EQ(ParseIsoTime("2010-12-01T08:26"), 1291191960ll * kMicrosPerSecond);
  EXPECT_EQ(ParseIsoTime("2010-12-01T08:26:00.25Z"), 1291191960ll * kMicrosPerSecond + 250000);
  EXPECT_EQ(ParseIsoTime("2010-12-01T09:26:00+01:00"), 1291191960ll * kMicrosPerSecond);
  EXPECT_EQ(ParseIsoTime("1969-12-31 23:59:59"), -kMicrosPerSecond);
}

TEST(IsoTime, RefusesWhatIsNoDate) {
  for (const char* text : {"", "2011", "2011-13-01", "2011-02-29", "2011-09-10x",
                           "2011-09-10 25:00", "2011-09-10 10:00:00.", "10/09/2011"}) {
    EXPECT_FALSE(ParseIsoTime(text).has_value()) << text;
  }
}

TEST(IsoTime, FormatsWhatItReads) {
  for (const char* text :
       {"2011-09-10", "2000-02-29", "1969-12-31 23:59:59", "2010-12-01 08:26:00"}) {
    EXPECT_EQ(FormatTime(*ParseIsoTime(text)), text);
  }
}

TEST(Durations, ReadNumbersWithAUnit) {
  EXPECT_EQ(ParseDuration("90d"), 90 * kMicrosPerDay);
  EXPECT_EQ(ParseDuration("0d"), 0);
  EXPECT_EQ(ParseDuration("2w"), 14 * kMicrosPerDay);
  EXPECT_EQ(ParseDuration("36h"), 3 * kMicrosPerDay / 2);
  EXPECT_EQ(ParseDuration("15s"), 15 * kMicrosPerSecond);
  EXPECT_EQ(ParseDuration("100000d"), 100'000 * kMicrosPerDay);
}

TEST(Durations, RefuseWhatIsNone) {
  for (const char* text : {"", "d", "90", "-1d", "1.5d", "90 d", "1y", "100001d", "99999999999w"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

TEST(Durations, AreWrittenAsTheyAreRead) {
  for (const char* text : {"0d", "90d", "36h", "15s", "45m", "14d"}) {
    EXPECT_EQ(FormatDuration(*ParseDuration(text)), text);
  }
}

}  // namespace
}  // namespace tidewright
