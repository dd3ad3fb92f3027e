#include "host/data/import/table_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

class TableImportTest : public testing::Test {
 protected:
  FeatureTable Read(const std::string& text, TableImportOptions options = {}) {
    options.path = directory_.File("a.csv");
    WriteWholeFile(options.path, text);
    return ReadCsvTable(options, SilentProgress());
  }

 private:
  const TempDirectory directory_;
};

TEST_F(TableImportTest, TellsKindsFromTheTexts) {
  const FeatureTable table = Read(
      "n,b01,btf,byn,zeros,mixed,c\n"
      "1.5,0,TRUE,yes,0,1,x\n"
      "-2,1,false,No,0,yes,y\n"
      "NaN,0,NA,,0,0,null\n"
      " 1e3 ,1,True,YES,0,n/a, x \n");
  std::vector<FeatureKind> kinds;
  for (const FeatureColumn& column : table.columns) kinds.push_back(column.description.kind);
  EXPECT_THAT(kinds, ElementsAre(FeatureKind::kNumber, FeatureKind::kBoolean, FeatureKind::kBoolean,
                                 FeatureKind::kBoolean, FeatureKind::kNumber,
                                 FeatureKind::kCategory, FeatureKind::kCategory));
  EXPECT_THAT(table.columns[0].values, ElementsAre(1.5f, -2, IsNan(), 1000));
  EXPECT_THAT(table.columns[1].values, ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(table.columns[2].values, ElementsAre(1, 0, IsNan(), 1));
  EXPECT_THAT(table.columns[3].values, ElementsAre(1, 0, IsNan(), 1));
  EXPECT_THAT(table.columns[5].description.categories, ElementsAre("0", "1", "yes"));
  EXPECT_THAT(table.columns[6].values, ElementsAre(0, 1, IsNan(), 0));
  EXPECT_EQ(table.rows, 4);
  EXPECT_TRUE(table.label.empty());
}

TEST_F(TableImportTest, CategoriesComeInTheOrderOfTheirBytes) {
  const FeatureTable table = Read("c\nz\nÄ\nB\na\nz\n");
  EXPECT_THAT(table.columns[0].description.categories, ElementsAre("B", "a", "z", "Ä"));
  EXPECT_THAT(table.columns[0].values, ElementsAre(2, 3, 0, 1, 2));
}

TEST_F(TableImportTest, LabelsMayHoldAnEqualsSignAndIdsBeTheGroup) {
  TableImportOptions options;
  options.label = "a=b=c";
  FeatureTable table = Read("a=b,x\nc,1\nd,2\n", options);
  EXPECT_THAT(table.label, ElementsAre(1, 0));
  EXPECT_EQ(table.label_name, "a=b=c");
  options.label = "left";
  options.id = options.group = "who";
  table = Read("who,left,x\nb,no,1\na,1,2\nb,TRUE,3\n", options);
  EXPECT_THAT(table.label, ElementsAre(0, 1, 1));
  EXPECT_THAT(table.group, ElementsAre(0, 1, 0));
  EXPECT_EQ(table.ids[2], "b");
}

TEST_F(TableImportTest, BlocksAndThreadsMakeNoDifference) {
  std::string text = "id,number,late,city,y\n";
  for (int row = 0; row < 3000; ++row) {
    const std::string n = std::to_string(row);
    text += "c" + n + "," + (row % 7 == 0 ? "" : n + ".25") + "," +
            (row == 2500 ? "unknown" : std::to_string(row % 50)) + ",city " +
            std::to_string(row * 7919 % 311) + "," + (row % 3 == 0 ? "Yes" : "No") + "\n";
  }
  TableImportOptions options;
  options.label = "y=Yes";
  options.id = "id";
  std::string fingerprint;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    for (const size_t block_bytes : {size_t{1} << 10, size_t{1} << 14, size_t{4} << 20}) {
      options.block_bytes = block_bytes;
      const FeatureTable table = Read(text, options);
      EXPECT_EQ(table.columns[1].description.kind, FeatureKind::kCategory);  // numbers, but for one
      EXPECT_EQ(table.columns[1].description.categories.size(), 51U);
      if (fingerprint.empty()) fingerprint = table.fingerprint;
      EXPECT_EQ(table.fingerprint, fingerprint) << threads << " " << block_bytes;
    }
  }
  SetNumThreads(0);
}

TEST_F(TableImportTest, TheFirstBadLineIsNamedWhateverTheBlocks) {
  std::string text = "x,y\n";
  for (int row = 0; row < 3000; ++row) {
    const std::string number = row == 1700 ? "inf" : std::to_string(row);
    text += number + "," + (row == 2000 ? "Perhaps" : row % 3 == 0 ? "Yes" : "No") + "\n";
  }
  TableImportOptions options;
  options.label = "y=Yes";
  for (const size_t block_bytes : {size_t{1} << 10, size_t{4} << 20}) {
    options.block_bytes = block_bytes;
    try {
      Read(text, options);
      ADD_FAILURE() << "was read";
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr("line 2002: label 'y' is 'Perhaps'; expected 'Yes'"));
    }
  }
}

TEST_F(TableImportTest, InfinityInAColumnOfTextsIsAText) {
  const FeatureTable table = Read("x\n1\ninf\nmany\n");
  EXPECT_THAT(table.columns[0].description.categories, ElementsAre("1", "inf", "many"));
}

TEST_F(TableImportTest, ColumnsWithoutAHeaderOrANameAreNumbered) {
  TableImportOptions options;
  options.header = false;
  options.label = "3=1";
  FeatureTable table = Read("5,a,1\n6,b,0\n", options);
  EXPECT_EQ(table.columns[1].description.name, "2");
  EXPECT_THAT(table.label, ElementsAre(1, 0));
  options = {};
  options.drop = {"1"};
  table = Read(",x\n0,7\n1,8\n", options);
  ASSERT_EQ(table.columns.size(), 1U);
  EXPECT_THAT(table.columns[0].values, ElementsAre(7, 8));
}

}  // namespace
}  // namespace tidewright
