#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>

#include "host/core/parallel.h"
#include "host/data/split.h"
#include "tests/host/data/split_fixture.h"

namespace tidewright {
namespace {

// Whole pairs move with these splits: no pair may be on two sides.
TEST(Split, PairsOfTheTestAndValidationPartsAreNotInTraining) {
  const Dataset log = LogDataset(RandomLog(2));
  const Dataset matrix = MatrixDataset();
  for (const auto& [dataset, test, validation] :
       std::vector<std::tuple<const Dataset*, std::string, std::string>>{
           {&log, "last:2", "last:1"},
           {&log, "random:0.2", "random:0.1"},
           {&log, "last:1", "users:30"},
           {&log, "users:40", "random:0.2"},
           {&log, "users:40", "users:30"},
           {&matrix, "random:0.2", "random:0.1"},
           {&matrix, "users:40", "users:30"},
           {&matrix, "random:0.2", "users:30"}}) {
    SCOPED_TRACE(test + " " + validation);
    const TrainValidationTest parts = Prepare(*dataset, test, validation);
    CheckEvalSet(parts.test, parts.train);
    CheckEvalSet(parts.validation, parts.train);
    const std::set<Pair> train = TrainPairs(parts.train, parts.train_users);
    const std::set<Pair> tested = TargetPairs(parts.test, parts.train_users);
    const std::set<Pair> validated = TargetPairs(parts.validation, parts.train_users);
    ASSERT_FALSE(train.empty());
    for (const Pair& pair : tested) EXPECT_FALSE(train.count(pair));
    for (const Pair& pair : validated) {
      EXPECT_FALSE(train.count(pair));
      EXPECT_FALSE(pair.first >= 0 && tested.count(pair));
    }
    EXPECT_EQ(parts.test.targets_seen, 0);
    EXPECT_EQ(parts.validation.targets_seen, 0);
  }
}

// The value of every training entry is what its own events alone come to: an event of another part
// would change it.
TEST(Split, TimeSplitsTrainOnEarlierEventsAlone) {
  const Dataset dataset = LogDataset(RandomLog(3));
  const TrainValidationTest parts =
      Prepare(dataset, "time:" + FormatTime(Day(80)), "time:" + FormatTime(Day(60)));
  CheckEvalSet(parts.test, parts.train);
  CheckEvalSet(parts.validation, parts.train);
  const Csr before = AggregateWindow(*dataset.log, INT64_MIN, Day(60));
  EXPECT_EQ(parts.train.ids, before.ids);
  EXPECT_EQ(parts.train.values, before.values);
  EXPECT_GT(parts.test.targets_seen, 0);
  EXPECT_GT(parts.test.targets_disliked, 0);
  // Targets are the positive pairs of their own window that no earlier window holds.
  const Csr middle = AggregateWindow(*dataset.log, Day(60), Day(80));
  const Csr late = AggregateWindow(*dataset.log, Day(80), INT64_MAX);
  const std::set<Pair> trained = AllPairs(before, false);
  std::set<Pair> validated = AllPairs(middle, true);
  std::set<Pair> tested = AllPairs(late, true);
  const std::set<Pair> seen_between = AllPairs(middle, false);
  std::erase_if(tested, [&](const Pair& pair) {
    return before.RowLength(pair.first) == 0 || trained.count(pair) || seen_between.count(pair);
  });
  std::erase_if(validated, [&](const Pair& pair) {
    return before.RowLength(pair.first) == 0 || trained.count(pair);
  });
  EXPECT_EQ(TargetPairs(parts.test, parts.train_users), tested);
  EXPECT_EQ(TargetPairs(parts.validation, parts.train_users), validated);
}

TEST(Split, TheTestPartMasksTrainingAndValidationEntries) {
  const Dataset dataset = LogDataset(RandomLog(4));
  const TrainValidationTest parts = Prepare(dataset, "last:1", "last:2");
  const SplitResult plain = PrepareInteractions(dataset, ParseSplit("last:1"), {});
  // Without the validation split the same pairs are all training.
  std::set<Pair> known;
  for (int64_t row = 0; row < parts.test.known.rows; ++row) {
    const int32_t user = parts.train_users[parts.test.model_rows[row]];
    for (int64_t k = parts.test.known.offsets[row]; k < parts.test.known.offsets[row + 1]; ++k) {
      known.emplace(user, parts.test.known.ids[k]);
    }
  }
  std::set<Pair> expected;
  for (int64_t row = 0; row < plain.test.known.rows; ++row) {
    const int32_t user = plain.train_users[plain.test.model_rows[row]];
    for (int64_t k = plain.test.known.offsets[row]; k < plain.test.known.offsets[row + 1]; ++k) {
      expected.emplace(user, plain.test.known.ids[k]);
    }
  }
  EXPECT_EQ(known, expected);
  EXPECT_TRUE(SameCsr(parts.test.relevant, plain.test.relevant));
}

// A pair that nets to nothing over the whole log is something on either side of a date.
TEST(Split, NothingOfAHeldOutUserTrainsThroughALaterTimeCut) {
  EventLog log;
  log.signal_names = {"purchase", "cancel"};
  log.default_signal_weights = {1, -1};
  for (int32_t user = 0; user < 6; ++user) {
    for (const auto& [item, signal, day] : std::vector<std::tuple<int32_t, uint8_t, int64_t>>{
             {0, 0, 0}, {1, 0, 1}, {2, 0, 2}, {0, 1, 8}, {user + 3, 0, 9}}) {
      log.user.push_back(user);
      log.item.push_back(item);
      log.signal.push_back(signal);
      log.timestamp.push_back(Day(day));
    }
  }
  const Dataset dataset = LogDataset(log);
  const TrainValidationTest parts = Prepare(dataset, "users:3", "time:" + FormatTime(Day(5)));
  EXPECT_EQ(parts.train.rows, 3);
  EXPECT_EQ(parts.test.model_rows.size(), 3u);
  EXPECT_EQ(parts.validation.model_rows.size(), 3u);
  EXPECT_EQ(parts.train.nnz(), 9);
}

TEST(Split, FractionsComeOutNearWhatWasAsked) {
  const Dataset dataset = MatrixDataset();
  int64_t positive = 0;
  for (const float value : dataset.matrix->values) positive += value > 0;
  const TrainValidationTest parts = Prepare(dataset, "random:0.2", "random:0.25");
  const double n = static_cast<double>(dataset.matrix->nnz());
  // Four standard deviations of a binomial draw; 0.8 of the entries are left to the second cut.
  EXPECT_NEAR(static_cast<double>(parts.train.nnz()) / n, 0.6, 4 * std::sqrt(0.6 * 0.4 / n));
  EXPECT_NEAR(static_cast<double>(parts.test.relevant.nnz()) / static_cast<double>(positive), 0.2,
              0.04);
  EXPECT_NEAR(static_cast<double>(parts.validation.relevant.nnz()) / static_cast<double>(positive),
              0.2, 0.04);
}

TEST(Split, IsAFunctionOfDataAndSeedAlone) {
  const Dataset dataset = LogDataset(RandomLog(7));
  for (const auto& [test, validation] : std::vector<std::pair<std::string, std::string>>{
           {"last:2", "last:1"},
           {"time:" + FormatTime(Day(80)), "random:0.1"},
           {"random:0.2", "users:30"},
           {"users:40", "users:30"}}) {
    SCOPED_TRACE(test + " " + validation);
    SetNumThreads(1);
    const TrainValidationTest one = Prepare(dataset, test, validation);
    for (const int threads : {2, 8}) {
      SetNumThreads(threads);
      EXPECT_TRUE(SameParts(one, Prepare(dataset, test, validation)));
    }
    SetNumThreads(0);
    if (validation != "last:1") {
      EXPECT_FALSE(SameParts(one, Prepare(dataset, test, validation, 2)));
    }
  }
}

TEST(Split, ValidationDoesNotChangeTheTestPart) {
  const Dataset dataset = LogDataset(RandomLog(8));
  for (const char* test : {"random:0.2", "users:40"}) {
    const TrainValidationTest with = Prepare(dataset, test, "random:0.1");
    const TrainValidationTest without = Prepare(dataset, test);
    const std::set<Pair> a = TargetPairs(with.test, with.train_users);
    const std::set<Pair> b = TargetPairs(without.test, without.train_users);
    EXPECT_TRUE(std::includes(b.begin(), b.end(), a.begin(), a.end()));
    EXPECT_GT(a.size() * 10, b.size() * 9);
  }
}

}  // namespace
}  // namespace tidewright
