#include "host/data/event_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "host/core/parallel.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

// `value` says where an event stood before sorting.
EventLog MakeShuffledLog(int64_t events) {
  EventLog log;
  log.signal_names = {"event"};
  log.extra.push_back({"price", {}});
  for (int64_t e = 0; e < events; ++e) {
    const PhiloxDraw draw = Philox(3, 0, static_cast<uint64_t>(e));
    log.user.push_back(static_cast<int32_t>(draw.word[0] % 50));
    log.item.push_back(static_cast<int32_t>(draw.word[1] % 9));
    log.timestamp.push_back(static_cast<int64_t>(draw.word[2] % 10) - 5);
    log.signal.push_back(static_cast<uint8_t>(draw.word[3] % 2));
    log.value.push_back(static_cast<float>(e));
    log.extra[0].values.push_back(static_cast<float>(-e));
  }
  return log;
}

TEST(SortEvents, OrdersByUserThenTimeAndKeepsTheOrderOfTies) {
  const EventLog before = MakeShuffledLog(4000);
  std::vector<int64_t> order(4000);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return std::pair(before.user[a], before.timestamp[a]) <
           std::pair(before.user[b], before.timestamp[b]);
  });
  EventLog after = before;
  SortEvents(&after);
  for (size_t e = 0; e < order.size(); ++e) {
    const int64_t from = order[e];
    ASSERT_EQ(after.value[e], static_cast<float>(from)) << "event " << e;
    ASSERT_EQ(after.user[e], before.user[from]);
    ASSERT_EQ(after.item[e], before.item[from]);
    ASSERT_EQ(after.timestamp[e], before.timestamp[from]);
    ASSERT_EQ(after.signal[e], before.signal[from]);
    ASSERT_EQ(after.extra[0].values[e], before.extra[0].values[from]);
  }
}

TEST(SortEvents, IsTheSameForAnyNumberOfThreads) {
  EventLog one = MakeShuffledLog(200'000);
  EventLog four = one;
  SetNumThreads(1);
  SortEvents(&one);
  SetNumThreads(4);
  SortEvents(&four);
  SetNumThreads(0);
  EXPECT_EQ(one.value, four.value);
}

TEST(SortEvents, WithoutTimesKeepsTheOrderOfEachUser) {
  EventLog log;
  log.user = {2, 0, 2, 0};
  log.item = {1, 2, 3, 4};
  log.signal = {0, 0, 0, 0};
  SortEvents(&log);
  EXPECT_EQ(log.user, (std::vector<int32_t>{0, 0, 2, 2}));
  EXPECT_EQ(log.item, (std::vector<int32_t>{2, 4, 1, 3}));
  EXPECT_TRUE(log.timestamp.empty());
}

TEST(SortEvents, TakesAnEmptyLog) {
  EventLog log;
  SortEvents(&log);
  EXPECT_EQ(log.size(), 0);
}

}  // namespace
}  // namespace tidewright
