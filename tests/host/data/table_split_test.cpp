#include "host/data/table_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "host/core/errors.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

// Rows of each label in each fold.
std::vector<std::array<int64_t, 2>> FoldSizes(const FeatureTable& table,
                                              const std::vector<int32_t>& folds, int count) {
  std::vector<std::array<int64_t, 2>> sizes(static_cast<size_t>(count), {0, 0});
  for (int64_t row = 0; row < table.rows; ++row) {
    ++sizes.at(folds[row])[static_cast<size_t>(table.label[row])];
  }
  return sizes;
}

int64_t Spread(const std::vector<std::array<int64_t, 2>>& sizes, int label) {
  int64_t least = sizes[0][label];
  int64_t most = sizes[0][label];
  for (const auto& size : sizes) {
    least = std::min(least, size[label]);
    most = std::max(most, size[label]);
  }
  return most - least;
}

TEST(TableSplit, FoldsHaveTheirShareOfBothClasses) {
  const FeatureTable table = RandomTable(1003, 3);
  const auto sizes = FoldSizes(table, AssignFolds(table, 5, 1, 0), 5);
  EXPECT_LE(Spread(sizes, 0), 1);
  EXPECT_LE(Spread(sizes, 1), 1);
}

TEST(TableSplit, FoldsAreTheSameAgainAndOthersForAnotherSeedOrRepeat) {
  const FeatureTable table = RandomTable(500, 3);
  const std::vector<int32_t> folds = AssignFolds(table, 5, 1, 0);
  EXPECT_EQ(folds, AssignFolds(table, 5, 1, 0));
  EXPECT_NE(folds, AssignFolds(table, 5, 2, 0));
  EXPECT_NE(folds, AssignFolds(table, 5, 1, 1));
}

TEST(TableSplit, RowsOfAGroupShareAFoldAndClassesStayBalanced) {
  FeatureTable table = RandomTable(900, 3);
  for (int row = 0; row < 900; ++row) {
    table.group.push_back(row * 7 % 300);  // three rows each, of mixed labels
  }
  const std::vector<int32_t> folds = AssignFolds(table, 4, 1, 0);
  std::map<int32_t, std::set<int32_t>> folds_of_group;
  for (int row = 0; row < 900; ++row) folds_of_group[table.group[row]].insert(folds[row]);
  for (const auto& [group, seen] : folds_of_group) EXPECT_EQ(seen.size(), 1U) << group;
  const auto sizes = FoldSizes(table, folds, 4);
  EXPECT_LE(Spread(sizes, 0), 3);
  EXPECT_LE(Spread(sizes, 1), 3);
}

TEST(TableSplit, FoldsCutRowsInTwo) {
  const TableRows rows = RowsOfFold({0, 1, 2, 1, 0}, 1);
  EXPECT_THAT(rows.train, testing::ElementsAre(0, 2, 4));
  EXPECT_THAT(rows.held_out, testing::ElementsAre(1, 3));
}

TEST(TableSplit, AClassWithFewerRowsThanFoldsIsRefused) {
  FeatureTable table = RandomTable(40, 3);
  table.label.assign(40, 0.0f);
  for (const int row : {3, 17, 30}) table.label[row] = 1;
  EXPECT_NO_THROW(AssignFolds(table, 3, 1, 0));
  try {
    AssignFolds(table, 4, 1, 0);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("3 rows with label 1 cannot fill 4 folds"));
  }
}

TEST(TableSplit, HoldOutTakesItsShareOfBothClasses) {
  const FeatureTable table = RandomTable(1000, 3);
  const TableRows rows = HoldOut(table, 0.2, 1);
  const auto ones = [&](const std::vector<int64_t>& of) {
    int64_t count = 0;
    for (const int64_t row : of) count += table.label[row] == 1.0f;
    return count;
  };
  const int64_t all = ones(rows.train) + ones(rows.held_out);
  EXPECT_EQ(rows.train.size() + rows.held_out.size(), 1000U);
  EXPECT_NEAR(static_cast<double>(ones(rows.held_out)), 0.2 * static_cast<double>(all), 1.0);
  EXPECT_NEAR(static_cast<double>(rows.held_out.size()), 200, 1.0);
  EXPECT_TRUE(std::is_sorted(rows.train.begin(), rows.train.end()));
  EXPECT_EQ(HoldOut(table, 0.2, 1).held_out, rows.held_out);
  EXPECT_NE(HoldOut(table, 0.2, 2).held_out, rows.held_out);
}

TEST(TableSplit, HoldOutKeepsGroupsTogether) {
  FeatureTable table = RandomTable(900, 3);
  for (int row = 0; row < 900; ++row) table.group.push_back(row / 9);
  const TableRows rows = HoldOut(table, 0.3, 1);
  std::set<int32_t> held;
  for (const int64_t row : rows.held_out) held.insert(table.group[row]);
  for (const int64_t row : rows.train) EXPECT_EQ(held.count(table.group[row]), 0U);
  EXPECT_NEAR(static_cast<double>(rows.held_out.size()), 270, 18);
}

TEST(TableSplit, HoldOutThatLeavesNothingOfAClassIsRefused) {
  FeatureTable table = RandomTable(40, 3);
  table.label.assign(40, 0.0f);
  table.label[5] = 1;
  EXPECT_THROW(HoldOut(table, 0.5, 1), UsageError);
  EXPECT_THROW(HoldOut(RandomTable(40, 3), 0.0, 1), UsageError);
}

}  // namespace
}  // namespace tidewright
