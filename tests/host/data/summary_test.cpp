#include "host/data/summary.h"

#include <gtest/gtest.h>

namespace tidewright {
namespace {

Dataset SmallLog() {
  Dataset dataset;
  dataset.path = "log.h5";
  dataset.fingerprint = "f00d";
  for (const char* id : {"anna", "ben", "carl", "dora"}) dataset.users.Add(id);
  for (const char* id : {"x", "y", "z"}) dataset.items.Add(id);
  dataset.user_columns.push_back({"age", std::vector<float>(4, 1)});
  EventLog& log = dataset.log.emplace();
  log.signal_names = {"view", "purchase"};
  log.default_signal_weights = {0.5f, 1};
  log.user = {0, 0, 0, 1, 3, 3};
  log.item = {2, 1, 2, 0, 1, 1};
  log.timestamp = {5, 6, 7, 2, 9, 10};
  log.signal = {0, 1, 0, 0, 0, 1};
  log.value = {1, 2, 3, -4, 5, 6};
  dataset.test_log = log;
  return dataset;
}

TEST(Summary, OfALogCountsEventsPairsAndSignals) {
  const DatasetSummary summary = Summarize(SmallLog());
  EXPECT_EQ(summary.path, "log.h5");
  EXPECT_EQ(summary.layout, "event log");
  EXPECT_EQ(summary.users, 4);
  EXPECT_EQ(summary.items, 3);
  EXPECT_EQ(summary.entries, 6);
  EXPECT_EQ(summary.pairs, 4);
  EXPECT_EQ(summary.duplicates, 2);
  EXPECT_DOUBLE_EQ(summary.density, 4.0 / 12);
  ASSERT_EQ(summary.signals.size(), 2u);
  EXPECT_EQ(summary.signals[0].name, "view");
  EXPECT_EQ(summary.signals[0].events, 4);
  EXPECT_EQ(summary.signals[0].default_weight, 0.5f);
  EXPECT_EQ(summary.signals[1].events, 2);
  EXPECT_EQ(summary.first_time, 2);
  EXPECT_EQ(summary.last_time, 10);
  EXPECT_EQ(summary.min_value, -4);
  EXPECT_EQ(summary.max_value, 6);
  EXPECT_DOUBLE_EQ(summary.mean_value, 13.0 / 6);
  EXPECT_EQ(summary.test_entries, 6);
  EXPECT_EQ(summary.user_columns, std::vector<std::string>{"age"});
  EXPECT_EQ(summary.fingerprint, "f00d");
}

TEST(Summary, OfLengthsCountsRowsWithoutEntries) {
  const DatasetSummary summary = Summarize(SmallLog());
  // Users have 3, 1, 0 and 2 events; numpy.percentile([0, 1, 2, 3], 95) is 2.85.
  EXPECT_EQ(summary.by_user.rows, 4);
  EXPECT_EQ(summary.by_user.empty_rows, 1);
  EXPECT_EQ(summary.by_user.min, 0);
  EXPECT_DOUBLE_EQ(summary.by_user.median, 1.5);
  EXPECT_DOUBLE_EQ(summary.by_user.mean, 1.5);
  EXPECT_DOUBLE_EQ(summary.by_user.p95, 2.85);
  EXPECT_EQ(summary.by_user.max, 3);
  EXPECT_EQ(summary.by_item.rows, 3);
  EXPECT_EQ(summary.by_item.empty_rows, 0);
  EXPECT_DOUBLE_EQ(summary.by_item.median, 2);
  EXPECT_EQ(summary.by_item.max, 3);
}

TEST(Summary, OfAMatrix) {
  Dataset dataset;
  dataset.layout = Layout::kAnnDataCsc;
  dataset.users = IdTable::Range(3);
  dataset.items = IdTable::Range(4);
  dataset.duplicates_merged = 7;
  dataset.zeros_dropped = 5;
  dataset.matrix = Csr{3, 4, {0, 2, 2, 3}, {0, 3, 3}, {1, -2, 4}};
  const DatasetSummary summary = Summarize(dataset);
  EXPECT_EQ(summary.layout, "AnnData CSC");
  EXPECT_EQ(summary.entries, 3);
  EXPECT_EQ(summary.pairs, 3);
  EXPECT_EQ(summary.duplicates, 7);
  EXPECT_EQ(summary.zeros_dropped, 5);
  EXPECT_DOUBLE_EQ(summary.density, 0.25);
  EXPECT_EQ(summary.by_user.empty_rows, 1);
  EXPECT_EQ(summary.by_item.empty_rows, 2);
  EXPECT_EQ(summary.by_item.max, 2);
  EXPECT_DOUBLE_EQ(summary.mean_value, 1);
  EXPECT_TRUE(summary.signals.empty());
  EXPECT_FALSE(summary.first_time);
  EXPECT_FALSE(summary.test_entries);
}

TEST(Summary, OfALogWithoutTimesAndValues) {
  Dataset dataset = SmallLog();
  dataset.log->timestamp.clear();
  dataset.log->value.clear();
  const DatasetSummary summary = Summarize(dataset);
  EXPECT_FALSE(summary.first_time);
  EXPECT_EQ(summary.min_value, 1);
  EXPECT_EQ(summary.mean_value, 1);
}

}  // namespace
}  // namespace tidewright
