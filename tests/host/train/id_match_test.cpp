#include "host/train/id_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewright {
namespace {

using ::testing::ElementsAre;

IdTable TableOf(const std::vector<std::string>& ids) {
  IdTable table;
  for (const std::string& id : ids) table.Add(id);
  return table;
}

TEST(IdMatch, FindsTheRowsOfIdsThatBothHave) {
  IdTable model = TableOf({"lamp", "bowl", "", "mug"});
  EXPECT_THAT(MatchIds(TableOf({"mug", "cup", "lamp", "", "Lamp"}), &model),
              ElementsAre(3, -1, 0, 2, -1));
  EXPECT_THAT(MatchIds(IdTable(), &model), ElementsAre());
  IdTable empty;
  EXPECT_THAT(MatchIds(TableOf({"mug"}), &empty), ElementsAre(-1));
}

TEST(IdMatch, RenamedColumnsRiseAndKeepTheirValues) {
  Csr matrix;
  matrix.rows = 3;
  matrix.cols = 3;
  matrix.offsets = {0, 3, 3, 4};
  matrix.ids = {0, 1, 2, 1};
  matrix.values = {10, 11, 12, -5};
  int64_t dropped = 0;
  const Csr renamed = RenameColumns(matrix, {6, 2, 4}, 7, &dropped);
  EXPECT_EQ(renamed.rows, 3);
  EXPECT_EQ(renamed.cols, 7);
  EXPECT_THAT(renamed.offsets, ElementsAre(0, 3, 3, 4));
  EXPECT_THAT(renamed.ids, ElementsAre(2, 4, 6, 2));
  EXPECT_THAT(renamed.values, ElementsAre(11, 12, 10, -5));
  EXPECT_EQ(dropped, 0);
}

TEST(IdMatch, ColumnsWithoutANameAreDroppedAndCounted) {
  Csr matrix;
  matrix.rows = 2;
  matrix.cols = 3;
  matrix.offsets = {0, 2, 4};
  matrix.ids = {0, 1, 1, 2};
  matrix.values = {1, 2, 3, 4};
  int64_t dropped = 5;
  const Csr renamed = RenameColumns(matrix, {1, -1, 0}, 2, &dropped);
  EXPECT_THAT(renamed.offsets, ElementsAre(0, 1, 2));
  EXPECT_THAT(renamed.ids, ElementsAre(1, 0));
  EXPECT_THAT(renamed.values, ElementsAre(1, 4));
  EXPECT_EQ(dropped, 7);
}

}  // namespace
}  // namespace tidewright
