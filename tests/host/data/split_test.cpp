#include "host/data/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/errors.h"
#include "tests/host/data/split_fixture.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

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

TEST(Split, LeavesTheTestPartUnmadeWhereOnlyTrainingFollows) {
  const Dataset dataset = LogDataset(RandomLog(10));
  for (const char* split : {"last:1", "random:0.2", "users:40"}) {
    PrepareOptions options;
    const SplitResult with = PrepareInteractions(dataset, ParseSplit(split), options);
    options.want_test = false;
    const SplitResult without = PrepareInteractions(dataset, ParseSplit(split), options);
    EXPECT_TRUE(SameCsr(with.train, without.train));
    EXPECT_EQ(with.train_users, without.train_users);
    EXPECT_TRUE(without.test.model_rows.empty());
  }
  PrepareOptions options;
  options.want_test = false;
  EXPECT_THROW(PrepareInteractions(dataset, ParseSplit("file"), options), UsageError);
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
