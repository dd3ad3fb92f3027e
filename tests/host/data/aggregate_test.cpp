#include "host/data/aggregate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

// user, item, signal, value
struct Row {
  int32_t user;
  int32_t item;
  uint8_t signal;
  float value;
};

EventLog MakeLog(const std::vector<Row>& rows) {
  EventLog log;
  log.signal_names = {"purchase", "view", "cancel"};
  log.default_signal_weights = {1.0f, 0.5f, -1.0f};
  for (const Row& row : rows) {
    log.user.push_back(row.user);
    log.item.push_back(row.item);
    log.signal.push_back(row.signal);
    log.value.push_back(row.value);
  }
  return log;
}

Csr Aggregate(const EventLog& log, Aggregation aggregation, AggregateReport* report = nullptr,
              const std::vector<SignalWeight>& weights = {}) {
  return AggregateEvents(log, 3, 4, ResolveSignalWeights(log, weights), aggregation, {}, report);
}

const std::vector<Row>& ThreeUsers() {
  static const std::vector<Row> rows{
      {0, 2, 0, 3}, {0, 1, 1, 4}, {0, 2, 2, 1}, {0, 2, 1, 4},  // item 2: 3, -1, 2; item 1: 2
      {2, 3, 2, 2}, {2, 0, 0, 5}, {2, 0, 2, 5},                // item 3: -2; item 0: 5 - 5
  };
  return rows;
}

TEST(Aggregate, SumIsTheNetOfWeightTimesValue) {
  AggregateReport report;
  const Csr matrix = Aggregate(MakeLog(ThreeUsers()), Aggregation::kSum, &report);
  EXPECT_EQ(matrix.rows, 3);
  EXPECT_EQ(matrix.cols, 4);
  EXPECT_THAT(matrix.offsets, ElementsAre(0, 2, 2, 3));
  EXPECT_THAT(matrix.ids, ElementsAre(1, 2, 3));
  EXPECT_THAT(matrix.values, ElementsAre(2, 4, -2));
  EXPECT_EQ(report.events, 7);
  EXPECT_EQ(report.events_ignored, 0);
  EXPECT_EQ(report.net_zero, 1);
}

TEST(Aggregate, MaxTakesTheLargestMagnitudeAndTheLatestOfEquals) {
  const Csr matrix = Aggregate(MakeLog(ThreeUsers()), Aggregation::kMax);
  EXPECT_THAT(matrix.ids, ElementsAre(1, 2, 0, 3));
  EXPECT_THAT(matrix.values, ElementsAre(2, 3, -5, -2));
}

TEST(Aggregate, LastTakesTheLatest) {
  const Csr matrix = Aggregate(MakeLog(ThreeUsers()), Aggregation::kLast);
  EXPECT_THAT(matrix.ids, ElementsAre(1, 2, 0, 3));
  EXPECT_THAT(matrix.values, ElementsAre(2, 2, -5, -2));
}

TEST(Aggregate, CountSumsWeightsWhateverTheValues) {
  const Csr matrix = Aggregate(MakeLog(ThreeUsers()), Aggregation::kCount);
  EXPECT_THAT(matrix.ids, ElementsAre(1, 2, 3));
  EXPECT_THAT(matrix.values, ElementsAre(0.5f, 0.5f, -1));
}

TEST(Aggregate, AnAbsentValueColumnMeansOne) {
  EventLog log = MakeLog(ThreeUsers());
  log.value.clear();
  EXPECT_THAT(Aggregate(log, Aggregation::kSum).values, ElementsAre(0.5f, 0.5f, -1));
}

TEST(Aggregate, WeightZeroLeavesASignalOut) {
  AggregateReport report;
  const Csr matrix =
      Aggregate(MakeLog(ThreeUsers()), Aggregation::kSum, &report, {{"cancel", 0}, {"view", 2}});
  EXPECT_THAT(matrix.ids, ElementsAre(1, 2, 0));
  EXPECT_THAT(matrix.values, ElementsAre(8, 11, 5));
  EXPECT_EQ(report.events_ignored, 3);
  EXPECT_EQ(report.net_zero, 0);
}

TEST(Aggregate, KeepChoosesEvents) {
  const EventLog log = MakeLog(ThreeUsers());
  AggregateReport report;
  const Csr matrix = AggregateEvents(
      log, 3, 4, log.default_signal_weights, Aggregation::kSum,
      [](int64_t event) { return event != 2 && event != 6; }, &report);
  EXPECT_THAT(matrix.ids, ElementsAre(1, 2, 0, 3));
  EXPECT_THAT(matrix.values, ElementsAre(2, 5, 5, -2));
  EXPECT_EQ(report.events, 5);
}

TEST(Aggregate, SumsInDoubleAndRefusesWhatFloatCannotHold) {
  // In float the ones would be lost beside 2^24.
  std::vector<Row> rows{{1, 0, 0, 16777216.0f}};
  for (int i = 0; i < 4; ++i) rows.push_back({1, 0, 0, 1});
  EXPECT_THAT(Aggregate(MakeLog(rows), Aggregation::kSum).values, ElementsAre(16777220.0f));
  const EventLog large = MakeLog({{1, 0, 0, 3e38f}, {1, 0, 0, 3e38f}});
  EXPECT_THAT([&] { Aggregate(large, Aggregation::kSum); },
              Throws<DataError>(Property(&DataError::what, HasSubstr("user row 1, item row 0"))));
}

TEST(Aggregate, IsTheSameForAnyNumberOfThreads) {
  EventLog log;
  log.signal_names = {"a", "b"};
  for (int64_t user = 0; user < 3000; ++user) {
    const PhiloxDraw draw = Philox(1, 1, static_cast<uint64_t>(user));
    for (uint32_t event = 0; event < draw.word[0] % 20; ++event) {
      const PhiloxDraw what = Philox(1, 2 + event, static_cast<uint64_t>(user));
      log.user.push_back(static_cast<int32_t>(user));
      log.item.push_back(static_cast<int32_t>(what.word[0] % 50));
      log.signal.push_back(static_cast<uint8_t>(what.word[1] % 2));
      log.value.push_back(UniformFloat(what.word[2]));
    }
  }
  const std::vector<float> weights = ResolveSignalWeights(log, {{"b", -0.3f}});
  SetNumThreads(1);
  const Csr one = AggregateEvents(log, 3000, 50, weights, Aggregation::kSum, {}, nullptr);
  for (const int threads : {2, 8}) {
    SetNumThreads(threads);
    const Csr many = AggregateEvents(log, 3000, 50, weights, Aggregation::kSum, {}, nullptr);
    EXPECT_EQ(one.offsets, many.offsets);
    EXPECT_EQ(one.ids, many.ids);
    EXPECT_EQ(one.values, many.values);
  }
  SetNumThreads(0);
  for (int64_t user = 0; user < one.rows; ++user) {
    for (int64_t k = one.offsets[user] + 1; k < one.offsets[user + 1]; ++k) {
      ASSERT_LT(one.ids[k - 1], one.ids[k]);
    }
  }
}

TEST(SignalWeights, NamesTheNearestWhereTheLogHasNoSuchSignal) {
  const EventLog log = MakeLog(ThreeUsers());
  EXPECT_THAT(
      [&] {
        ResolveSignalWeights(log, {{"purchse", 1}});
      },
      Throws<UsageError>(
          Property(&UsageError::what,
                   testing::AllOf(HasSubstr("did you mean 'purchase'"), HasSubstr("view")))));
}

TEST(AggregationName, RoundTripsAndRefusesOthers) {
  for (const char* name : {"sum", "max", "last", "count"}) {
    EXPECT_EQ(AggregationName(ParseAggregation(name)), name);
  }
  EXPECT_THROW(ParseAggregation("mean"), UsageError);
}

}  // namespace
}  // namespace tidewright
