#include "host/data/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

constexpr int64_t kUsers = 400;
constexpr int64_t kItems = 60;

int64_t Day(int64_t day) {
  return 1'300'000'000 * kMicrosPerSecond / kMicrosPerDay * kMicrosPerDay + day * kMicrosPerDay;
}

// Several events a pair, likes and cancellations, users with nothing and with one item, over 100
// days.
EventLog RandomLog(uint64_t seed) {
  EventLog log;
  log.signal_names = {"purchase", "cancel", "noise"};
  log.default_signal_weights = {1.0f, -1.0f, 0.0f};
  for (int64_t user = 0; user < kUsers; ++user) {
    const uint32_t events = user < 40 ? static_cast<uint32_t>(user) / 10
                                      : Philox(seed, 100, static_cast<uint64_t>(user)).word[0] % 40;
    for (uint32_t event = 0; event < events; ++event) {
      const PhiloxDraw draw = Philox(seed, 101 + event, static_cast<uint64_t>(user));
      log.user.push_back(static_cast<int32_t>(user));
      log.item.push_back(static_cast<int32_t>(draw.word[0] % kItems));
      log.signal.push_back(draw.word[1] % 10 < 7 ? 0 : draw.word[1] % 10 < 9 ? 1 : 2);
      log.value.push_back(static_cast<float>(1 + draw.word[2] % 3));
      log.timestamp.push_back(Day(event * 100 / events) + draw.word[3] % kMicrosPerDay);
    }
    std::sort(log.timestamp.end() - events, log.timestamp.end());
  }
  return log;
}

Dataset LogDataset(EventLog log) {
  Dataset dataset;
  dataset.path = "log.h5";
  dataset.users = IdTable::Range(kUsers);
  dataset.items = IdTable::Range(kItems);
  dataset.log = std::move(log);
  return dataset;
}

Dataset MatrixDataset() {
  const EventLog log = RandomLog(5);
  Dataset dataset = LogDataset({});
  dataset.log.reset();
  dataset.layout = Layout::kAnnDataCsr;
  dataset.matrix = AggregateEvents(log, kUsers, kItems, log.default_signal_weights,
                                   Aggregation::kSum, {}, nullptr);
  return dataset;
}

using Pair = std::pair<int32_t, int32_t>;

std::set<Pair> TrainPairs(const Csr& train, const std::vector<int32_t>& train_users) {
  std::set<Pair> pairs;
  for (int64_t row = 0; row < train.rows; ++row) {
    for (int64_t k = train.offsets[row]; k < train.offsets[row + 1]; ++k) {
      pairs.emplace(train_users[row], train.ids[k]);
    }
  }
  return pairs;
}

bool SameCsr(const Csr& a, const Csr& b) {
  return a.rows == b.rows && a.cols == b.cols && a.offsets == b.offsets && a.ids == b.ids &&
         a.values == b.values;
}

bool SameEvalSet(const EvalSet& a, const EvalSet& b) {
  return a.model_rows == b.model_rows && SameCsr(a.known, b.known) &&
         SameCsr(a.relevant, b.relevant) && a.users_without_history == b.users_without_history &&
         a.targets_seen == b.targets_seen && a.targets_disliked == b.targets_disliked;
}

bool SameParts(const TrainValidationTest& a, const TrainValidationTest& b) {
  return SameCsr(a.train, b.train) && a.train_users == b.train_users &&
         SameEvalSet(a.validation, b.validation) && SameEvalSet(a.test, b.test);
}

TrainValidationTest Prepare(const Dataset& dataset, const std::string& test,
                            const std::string& validation = "none", uint64_t seed = 1) {
  PrepareOptions options;
  options.seed = seed;
  return PrepareWithValidation(dataset, ParseSplit(test), ParseSplit(validation), options);
}

// What every EvalSet keeps to.
void CheckEvalSet(const EvalSet& set, const Csr& train) {
  const int64_t users = static_cast<int64_t>(set.model_rows.size());
  ASSERT_GT(users, 0);
  ASSERT_EQ(set.known.rows, users);
  ASSERT_EQ(set.relevant.rows, users);
  for (int64_t row = 0; row < users; ++row) {
    ASSERT_LT(set.model_rows[row], train.rows);
    ASSERT_GT(set.relevant.RowLength(row), 0);
    ASSERT_GT(set.known.RowLength(row), 0);
    const auto known_begin = set.known.ids.begin() + set.known.offsets[row];
    const auto known_end = set.known.ids.begin() + set.known.offsets[row + 1];
    ASSERT_TRUE(std::is_sorted(known_begin, known_end));
    for (int64_t k = set.relevant.offsets[row]; k < set.relevant.offsets[row + 1]; ++k) {
      ASSERT_GT(set.relevant.values[k], 0);
      ASSERT_FALSE(std::binary_search(known_begin, known_end, set.relevant.ids[k]));
    }
    if (set.model_rows[row] < 0) continue;
    const int64_t model_row = set.model_rows[row];
    ASSERT_TRUE(std::includes(known_begin, known_end, train.ids.begin() + train.offsets[model_row],
                              train.ids.begin() + train.offsets[model_row + 1]));
  }
}

// The targets as pairs of the dataset's rows; users that fold in are named -1.
std::set<Pair> TargetPairs(const EvalSet& set, const std::vector<int32_t>& train_users) {
  std::set<Pair> pairs;
  for (int64_t row = 0; row < set.relevant.rows; ++row) {
    const int32_t user = set.model_rows[row] < 0 ? -1 : train_users[set.model_rows[row]];
    for (int64_t k = set.relevant.offsets[row]; k < set.relevant.offsets[row + 1]; ++k) {
      pairs.emplace(user, set.relevant.ids[k]);
    }
  }
  return pairs;
}

// The events in [begin, end) alone, aggregated: what a part of a time split may hold.
Csr AggregateWindow(const EventLog& log, int64_t begin, int64_t end) {
  return AggregateEvents(
      log, kUsers, kItems, log.default_signal_weights, Aggregation::kSum,
      [&](int64_t event) { return log.timestamp[event] >= begin && log.timestamp[event] < end; },
      nullptr);
}

Csr AggregateAll(const EventLog& log) { return AggregateWindow(log, INT64_MIN, INT64_MAX); }

std::set<Pair> AllPairs(const Csr& matrix, bool positive_only) {
  std::set<Pair> pairs;
  for (int64_t user = 0; user < matrix.rows; ++user) {
    for (int64_t k = matrix.offsets[user]; k < matrix.offsets[user + 1]; ++k) {
      if (matrix.values[k] > 0 || !positive_only) {
        pairs.emplace(static_cast<int32_t>(user), matrix.ids[k]);
      }
    }
  }
  return pairs;
}

TEST(SplitSpec, ReadsEveryForm) {
  EXPECT_EQ(ParseSplit("none").kind, SplitKind::kNone);
  EXPECT_EQ(ParseSplit("file").kind, SplitKind::kFile);
  EXPECT_EQ(ParseSplit("last:2").count, 2);
  EXPECT_EQ(ParseSplit("time:2011-09-10").time, *ParseIsoTime("2011-09-10"));
  EXPECT_EQ(ParseSplit("time:2011-09-10T08:30:00Z").time, *ParseIsoTime("2011-09-10 08:30"));
  EXPECT_EQ(ParseSplit("random:0.25").fraction, 0.25);
  EXPECT_EQ(ParseSplit("users:100").count, 100);
  EXPECT_EQ(ParseSplit("users:100").text, "users:100");
}

TEST(SplitSpec, RefusesOthersAndNamesTheForms) {
  for (const char* text : {"",
                           "last",
                           "last:",
                           "last:0",
                           "last:-1",
                           "last:1.5",
                           "last:2x",
                           "time:",
                           "time:yesterday",
                           "random:0",
                           "random:1",
                           "random:nan",
                           "random:1e999",
                           "random:0.1x",
                           "users:0",
                           "users:99999999999999999999",
                           "None",
                           "rand:0.1",
                           "none:1",
                           "file:x"}) {
    EXPECT_THAT([&] { ParseSplit(text); },
                Throws<UsageError>(Property(&UsageError::what, HasSubstr("random:FRACTION"))))
        << text;
  }
}

TEST(Split, NoneTrainsOnEverythingAndLeavesOutEmptyUsers) {
  const Dataset dataset = LogDataset(RandomLog(1));
  const SplitResult result = PrepareInteractions(dataset, ParseSplit("none"), {});
  const Csr all = AggregateAll(*dataset.log);
  EXPECT_EQ(result.train.ids, all.ids);
  EXPECT_EQ(result.train.values, all.values);
  EXPECT_EQ(result.train.cols, kItems);
  EXPECT_TRUE(result.test.model_rows.empty());
  EXPECT_EQ(result.aggregation.events, dataset.log->size());
  ASSERT_EQ(result.train.rows, static_cast<int64_t>(result.train_users.size()));
  EXPECT_LT(result.train.rows, kUsers);
  for (int64_t row = 0; row < result.train.rows; ++row) {
    EXPECT_EQ(result.train.RowLength(row), all.RowLength(result.train_users[row]));
    EXPECT_GT(result.train.RowLength(row), 0);
  }
}

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

TEST(Split, LastTakesTheItemsWhoseLatestEventIsLatest) {
  EventLog log;
  log.signal_names = {"purchase"};
  // User 0: items 5 (days 0 and 9), 3 (day 1), 7 (day 2). User 1: item 4 alone. User 2: items 1, 2
  // at the same time, 2 the later row.
  log.user = {0, 0, 0, 0, 1, 1, 2, 2};
  log.item = {5, 3, 7, 5, 4, 4, 1, 2};
  log.timestamp = {Day(0), Day(1), Day(2), Day(9), Day(0), Day(5), Day(3), Day(3)};
  log.signal.assign(8, 0);
  const Dataset dataset = LogDataset(log);
  const SplitResult one = PrepareInteractions(dataset, ParseSplit("last:1"), {});
  EXPECT_THAT(one.train.ids, ElementsAre(3, 7, 4, 1));
  EXPECT_THAT(one.test.relevant.ids, ElementsAre(5, 2));
  EXPECT_THAT(one.test.relevant.values, ElementsAre(2, 1));
  EXPECT_THAT(one.test.model_rows, ElementsAre(0, 2));
  const SplitResult many = PrepareInteractions(dataset, ParseSplit("last:100"), {});
  EXPECT_THAT(many.train.ids, ElementsAre(3, 4, 1));
  EXPECT_THAT(many.test.relevant.ids, ElementsAre(5, 7, 2));
}

TEST(Split, FileUsesTheTestPartAndCountsWhatItLeavesOut) {
  Dataset dataset = LogDataset({});
  dataset.log.reset();
  // User 0 trains on items 0, 1 (1 is disliked); user 1 on nothing; user 2 on item 2 and a stored
  // zero, user 3 on item 3.
  dataset.matrix = Csr{kUsers, kItems, {0, 2, 2, 4}, {0, 1, 2, 5}, {1, -1, 1, 0}};
  dataset.matrix->offsets.resize(kUsers + 1, 4);
  // User 0: 0 and 1 were seen, 4 is a target; user 1 has no history; user 2: 5 is a target, 6 a
  // dislike.
  dataset.test_matrix = Csr{kUsers, kItems, {0, 3, 4, 6}, {0, 1, 4, 9, 5, 6}, {1, 1, 1, 1, 2, -1}};
  dataset.test_matrix->offsets.resize(kUsers + 1, 6);
  const SplitResult result = PrepareInteractions(dataset, ParseSplit("file"), {});
  EXPECT_THAT(result.train_users, ElementsAre(0, 2));
  EXPECT_THAT(result.train.offsets, ElementsAre(0, 2, 3));
  EXPECT_THAT(result.train.ids, ElementsAre(0, 1, 2));
  EXPECT_EQ(result.aggregation.net_zero, 1);
  EXPECT_EQ(result.aggregation.events, 10);
  EXPECT_THAT(result.test.model_rows, ElementsAre(0, 1));
  EXPECT_THAT(result.test.relevant.ids, ElementsAre(4, 5));
  EXPECT_THAT(result.test.known.ids, ElementsAre(0, 1, 2));
  EXPECT_THAT(result.test.known.values, ElementsAre(1, -1, 1));
  EXPECT_EQ(result.test.targets_seen, 2);
  EXPECT_EQ(result.test.targets_disliked, 1);
  EXPECT_EQ(result.test.users_without_history, 1);
}

TEST(Split, UsersHoldsThemOutWholeAndFoldsInFourFifths) {
  const Dataset dataset = LogDataset(RandomLog(6));
  const Csr all = AggregateAll(*dataset.log);
  const TrainValidationTest parts = Prepare(dataset, "users:50", "users:60");
  ASSERT_EQ(parts.test.model_rows.size(), 50u);
  ASSERT_EQ(parts.validation.model_rows.size(), 60u);
  int64_t empty = 0;
  for (int64_t user = 0; user < kUsers; ++user) empty += all.RowLength(user) == 0;
  EXPECT_EQ(parts.train.rows, kUsers - empty - 110);
  EXPECT_EQ(parts.train.nnz() + parts.test.known.nnz() + parts.test.relevant.nnz() +
                parts.validation.known.nnz() + parts.validation.relevant.nnz(),
            all.nnz());
  for (const EvalSet* set : {&parts.test, &parts.validation}) {
    for (int64_t row = 0; row < set->known.rows; ++row) {
      EXPECT_EQ(set->model_rows[row], -1);
      int64_t known = 0;
      for (int64_t k = set->known.offsets[row]; k < set->known.offsets[row + 1]; ++k) {
        known += set->known.values[k] > 0;
      }
      const int64_t targets = set->relevant.RowLength(row);
      EXPECT_GE(known, 1);
      EXPECT_GE(targets, 1);
      const double fifth = 0.2 * static_cast<double>(known + targets);
      EXPECT_EQ(targets, std::max<int64_t>(1, static_cast<int64_t>(fifth + 0.5)));
    }
    EXPECT_EQ(set->targets_disliked, 0);
  }
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

void ExpectUsageError(const Dataset& dataset, const std::string& test,
                      const std::string& validation, const std::string& text) {
  EXPECT_THAT([&] { Prepare(dataset, test, validation); },
              Throws<UsageError>(Property(&UsageError::what, HasSubstr(text))))
      << test << " " << validation;
}

TEST(Split, SaysWhatTheDataLacks) {
  const Dataset log = LogDataset(RandomLog(9));
  const Dataset matrix = MatrixDataset();
  Dataset untimed = LogDataset(RandomLog(9));
  untimed.log->timestamp.clear();
  for (const char* split : {"last:1", "time:2011-03-20"}) {
    ExpectUsageError(matrix, split, "none", "needs timestamps");
    ExpectUsageError(matrix, "none", split, "needs timestamps");
    ExpectUsageError(untimed, split, "none", "needs timestamps");
  }
  ExpectUsageError(log, "file", "none", "needs a /test part");
  ExpectUsageError(log, "none", "file", "cannot be the validation part");
  ExpectUsageError(log, "users:1000", "none", "smaller N");
  ExpectUsageError(log, "users:200", "users:200", "smaller N");
  ExpectUsageError(log, "time:1999-01-01", "none", "outside the log");
  ExpectUsageError(log, "time:2031-01-01", "none", "outside the log");
  ExpectUsageError(log, "time:2011-04-20", "time:2011-04-20", "must begin before");
}

TEST(Split, RefusesSignalsAndAggregationsOfAMatrix) {
  const Dataset matrix = MatrixDataset();
  PrepareOptions options;
  options.signals = {{"purchase", 1}};
  EXPECT_THROW(PrepareInteractions(matrix, ParseSplit("none"), options), UsageError);
  options.signals.clear();
  options.aggregation = Aggregation::kMax;
  EXPECT_THROW(PrepareInteractions(matrix, ParseSplit("none"), options), UsageError);
}

TEST(Split, RefusesToTrainOnNothingOrJudgeNobody) {
  Dataset dataset = LogDataset({});
  dataset.log->signal_names = {"purchase"};
  dataset.log->user = {0, 1};
  dataset.log->item = {0, 1};
  dataset.log->signal = {0, 0};
  dataset.log->timestamp = {Day(0), Day(1)};
  EXPECT_THAT([&] { Prepare(dataset, "last:1"); },
              Throws<UsageError>(Property(&UsageError::what, HasSubstr("nobody to judge"))));
  PrepareOptions options;
  options.signals = {{"purchase", 0}};
  EXPECT_THROW(PrepareInteractions(dataset, ParseSplit("none"), options), DataError);
}

}  // namespace
}  // namespace tidewright
