#include "host/metrics/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/plot/retention_plot.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Customers 0, 1 and 2 over the turn of a year; signal 1 is a return.
EventLog TurnOfTheYear() {
  EventLog log;
  log.signal_names = {"buy", "return"};
  const auto add = [&](int32_t user, const char* time, uint8_t signal) {
    log.user.push_back(user);
    log.item.push_back(0);
    log.timestamp.push_back(*ParseIsoTime(time));
    log.signal.push_back(signal);
  };
  add(0, "2020-11-30 23:59:59.999999", 0);
  add(0, "2020-12-01", 0);
  add(0, "2020-12-31", 0);
  add(0, "2021-02-03", 0);
  add(1, "2020-11-02", 1);
  add(1, "2020-12-01", 0);
  add(1, "2021-01-01", 1);
  add(2, "2020-12-24", 0);
  add(2, "2021-01-31", 0);
  return log;
}

TEST(MonthlyRetention, CountsWhoCameBackInEachLaterMonth) {
  const std::vector<Cohort> cohorts = MonthlyRetention(TurnOfTheYear(), {1, -1});
  ASSERT_EQ(cohorts.size(), 4u);
  EXPECT_EQ(cohorts[0].month, "2020-11");
  EXPECT_THAT(cohorts[0].active, ElementsAre(1, 1, 0, 1));
  EXPECT_EQ(cohorts[1].month, "2020-12");
  EXPECT_THAT(cohorts[1].active, ElementsAre(2, 1, 0));
  EXPECT_EQ(cohorts[2].month, "2021-01");
  EXPECT_THAT(cohorts[2].active, ElementsAre(0, 0));
  EXPECT_THAT(cohorts[3].active, ElementsAre(0));
}

TEST(MonthlyRetention, FollowsTheWeightsOfTheSignals) {
  const std::vector<Cohort> cohorts = MonthlyRetention(TurnOfTheYear(), {0, 1});
  ASSERT_EQ(cohorts.size(), 3u);
  EXPECT_THAT(cohorts[0].active, ElementsAre(1, 0, 1));
}

TEST(MonthlyRetention, RefusesWhatHasNoTimesOrNoCustomers) {
  EventLog log = TurnOfTheYear();
  EXPECT_THROW(MonthlyRetention(log, {0, 0}), DataError);
  log.timestamp[0] = *ParseIsoTime("1600-01-01");
  EXPECT_THROW(MonthlyRetention(log, {1, -1}), DataError);
  log.timestamp.clear();
  EXPECT_THROW(MonthlyRetention(log, {1, -1}), DataError);
}

TEST(MonthlyRetention, IsDrawnAsATriangleThatIsXml) {
  const std::string svg = RetentionSvg(MonthlyRetention(TurnOfTheYear(), {1, -1}), "shop & <sons>");
  EXPECT_THAT(svg, HasSubstr("shop &amp; &lt;sons&gt;"));
  EXPECT_THAT(svg, HasSubstr(">2020-12</text>"));
  EXPECT_THAT(svg, HasSubstr(">50 %</text>"));
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
  size_t cells = 0;
  for (size_t at = svg.find("class=\"cell\""); at != std::string::npos;
       at = svg.find("class=\"cell\"", at + 1)) {
    ++cells;
  }
  EXPECT_EQ(cells, 7u) << "cohorts without customers have no cells";
}

}  // namespace
}  // namespace tidewright
