#include "host/data/hdf5/table_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <string>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "tests/support/bad_table_files.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

void ExpectSame(const FeatureTable& a, const FeatureTable& b) {
  EXPECT_EQ(SpecOf(a), SpecOf(b));
  EXPECT_EQ(a.rows, b.rows);
  for (size_t c = 0; c < a.columns.size(); ++c) {
    EXPECT_THAT(a.columns[c].values,
                testing::Pointwise(testing::NanSensitiveFloatEq(), b.columns[c].values));
  }
  EXPECT_EQ(a.label, b.label);
  EXPECT_EQ(a.weight, b.weight);
  EXPECT_EQ(a.group, b.group);
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(FingerprintOf(a), FingerprintOf(b));
}

TEST(TableFile, RoundTripsTheSameTableAndTheSameBytes) {
  const TempDirectory directory;
  FeatureTable table = RandomTable(70'000, 4);  // more than a chunk
  for (int64_t row = 0; row < table.rows; ++row) {
    table.weight.push_back(static_cast<float>(row % 5));
    table.group.push_back(static_cast<int32_t>(row / 2));
  }
  const std::string path = directory.File("table.h5");
  WriteFeatureTable(path, table, false);
  EXPECT_TRUE(IsFeatureTable(path));
  const FeatureTable read = ReadFeatureTable(path);
  ExpectSame(read, table);
  EXPECT_EQ(read.path, path);
  EXPECT_EQ(read.fingerprint, FingerprintOf(table));
  WriteFeatureTable(directory.File("again.h5"), read, false);
  EXPECT_EQ(ReadWholeFile(directory.File("again.h5")), ReadWholeFile(path));
  EXPECT_THROW(WriteFeatureTable(path, table, false), UsageError);
}

TEST(TableFile, RoundTripsWithoutLabelAndIdsAndWithManyOrNoCategories) {
  const TempDirectory directory;
  FeatureTable table;
  table.rows = 300;
  table.columns = {{{"city", FeatureKind::kCategory, {}}, {}},
                   {{"nothing", FeatureKind::kCategory, {}}, {}}};
  for (int row = 0; row < 300; ++row) {
    table.columns[0].description.categories.push_back("city " + std::to_string(row));
    table.columns[0].values.push_back(static_cast<float>(299 - row));
    table.columns[1].values.push_back(kMissing);
  }
  WriteFeatureTable(directory.File("t.h5"), table, false);
  ExpectSame(ReadFeatureTable(directory.File("t.h5")), table);
}

TEST(TableFile, KeepsNamesThatHdf5CannotHold) {
  const TempDirectory directory;
  FeatureTable table = RandomTable(5, 4);
  const std::vector<std::string> names = {"calls/day", "calls_day", ".", "a b=c"};
  for (size_t c = 0; c < 4; ++c) table.columns[c].description.name = names[c];
  WriteFeatureTable(directory.File("t.h5"), table, false);
  ExpectSame(ReadFeatureTable(directory.File("t.h5")), table);
}

TEST(TableFile, ReadsKindsFromTypesAndTextsAsCategoriesInTheOrderOfBytes) {
  const TempDirectory directory;
  const std::string path = directory.File("t.h5");
  {
    Hdf5Builder builder(path);
    BuildGoodTable(&builder);
  }
  const FeatureTable table = ReadFeatureTable(path);
  ASSERT_EQ(table.columns.size(), 5U);
  EXPECT_EQ(table.rows, 6);
  EXPECT_EQ(table.columns[0].description, (FeatureDescription{"tenure", FeatureKind::kNumber, {}}));
  EXPECT_THAT(table.columns[0].values, ElementsAre(1, 5, 12, 72, 3, 8));
  EXPECT_THAT(table.columns[1].values, ElementsAre(20.5f, IsNan(), 70, 99.9f, 45, 55));
  EXPECT_EQ(table.columns[2].description.kind, FeatureKind::kBoolean);
  EXPECT_THAT(table.columns[2].values, ElementsAre(0, 1, IsNan(), 0, 0, 1));
  EXPECT_EQ(table.columns[3].description,
            (FeatureDescription{"contract", FeatureKind::kCategory, {"monthly", "yearly"}}));
  EXPECT_THAT(table.columns[3].values, ElementsAre(0, 1, IsNan(), 1, 0, 0));
  EXPECT_THAT(table.columns[4].values, ElementsAre(0, 1, 1, IsNan(), 0, 0));
  EXPECT_EQ(table.label_name, "Churn=Yes");
  EXPECT_THAT(table.label, ElementsAre(1, 0, 0, 0, 1, 0));
  EXPECT_THAT(table.weight, ElementsAre(1, 1, 2, 1, 0.5f, 0));
  EXPECT_EQ(table.ids[5], "fay");
}

TEST(TableFile, ColumnsWithoutAnOrderComeInTheOrderOfBytes) {
  const TempDirectory directory;
  const std::string path = directory.File("t.h5");
  {
    Hdf5Builder builder(path);
    BuildGoodTable(&builder);
    builder.Delete("/column_order");
    builder.Delete("/label");
  }
  const FeatureTable table = ReadFeatureTable(path);
  std::vector<std::string> names;
  for (const FeatureColumn& column : table.columns) names.push_back(column.description.name);
  EXPECT_THAT(names, ElementsAre("charges", "contract", "payment", "senior", "tenure"));
  EXPECT_EQ(table.label_name, "");
  EXPECT_TRUE(table.label.empty());
}

TEST(TableFile, GroupsMayBeTextsAndThenIdsMayRepeat) {
  const TempDirectory directory;
  const std::string path = directory.File("t.h5");
  {
    Hdf5Builder builder(path);
    BuildGoodTable(&builder);
    builder.Delete("/id");
    builder.Texts("/id", {"b", "b", "a", "c", "a", "a"});
    builder.Texts("/group", {"b", "b", "a", "c", "a", "a"});
  }
  const FeatureTable table = ReadFeatureTable(path);
  EXPECT_THAT(table.group, ElementsAre(0, 0, 1, 2, 1, 1));
  EXPECT_EQ(table.ids[4], "a");
}

TEST(TableFile, SomeRowsAtATimeAreTheRowsOfTheWhole) {
  const TempDirectory directory;
  const std::string path = directory.File("t.h5");
  constexpr int kRows = 10'000;
  std::vector<float> numbers;
  std::vector<int16_t> whole;
  std::vector<int8_t> codes;
  std::vector<std::string> texts;
  for (int row = 0; row < kRows; ++row) {
    numbers.push_back(static_cast<float>(row) / 7);
    whole.push_back(static_cast<int16_t>(row));
    codes.push_back(static_cast<int8_t>(row % 3 - 1));
    texts.push_back("text " + std::to_string(row * row % 11));
  }
  {
    // Contiguous, in chunks of several sizes, with and without filters.
    Hdf5Builder builder(path);
    builder.Group("/columns");
    builder.Group("/categories");
    builder.Numbers("/columns/plain", numbers);
    builder.Numbers("/columns/shuffled", numbers, {.chunk = 999, .shuffle = true, .deflate = 1});
    builder.Numbers("/columns/whole", whole, {.chunk = 4096, .deflate = 1});
    builder.NumbersAs("/columns/foreign", H5T_STD_I32BE, whole, {.chunk = 777});
    builder.Numbers("/columns/codes", codes, {.chunk = 1234, .shuffle = true});
    builder.Texts("/categories/codes", {"yes", "no"});
    builder.Texts("/columns/fixed", texts, 16, {.chunk = 500, .deflate = 1});
    builder.Texts("/columns/variable", texts, 0, {.chunk = 1500});
    builder.Texts("/columns/contiguous", texts);
    builder.Numbers("/label", std::vector<int8_t>(kRows, 1), {.chunk = 100});
    builder.Numbers("/weight", numbers, {.chunk = 3000, .shuffle = true, .deflate = 1});
    builder.Texts("/group", texts, 0, {.chunk = 1500});
  }
  const FeatureTable all = ReadFeatureTable(path);
  const FeatureSpec spec = SpecOf(all);
  TableFile file(path);
  EXPECT_EQ(file.rows(), kRows);
  EXPECT_GE(file.rows_at_once(), 4096);
  const std::vector<int64_t> ends = {1, 998, 1000, 1001, 6000, 9999, kRows};
  int64_t begin = 0;
  for (const int64_t end : ends) {
    std::vector<int64_t> rows(static_cast<size_t>(end - begin));
    std::iota(rows.begin(), rows.end(), begin);
    ExpectSame(MatchTable(spec, file.Read(begin, end), nullptr), SelectRows(all, rows));
    begin = end;
  }
}

TEST(TableFile, AFaultInSomeRowsIsNamedByItsRowOfTheWhole) {
  const TempDirectory directory;
  const std::string path = directory.File("t.h5");
  std::vector<float> numbers(1000, 1.0f);
  numbers[700] = std::numeric_limits<float>::infinity();
  for (const hsize_t chunk : {0, 64}) {
    {
      Hdf5Builder builder(path);
      builder.Group("/columns");
      builder.Numbers("/columns/x", numbers, {.chunk = chunk});
    }
    TableFile file(path);
    EXPECT_EQ(file.Read(0, 700).rows, 700);
    try {
      file.Read(650, 720);
      FAIL();
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr("/columns/x row 700: value inf"));
    }
  }
}

TEST(TableFile, OtherFilesAreNoTables) {
  const TempDirectory directory;
  const std::string path = directory.File("log.h5");
  {
    Hdf5Builder builder(path);
    BuildGoodLog(&builder);
  }
  EXPECT_FALSE(IsFeatureTable(path));
  try {
    ReadFeatureTable(path);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("log.h5: /columns: is missing; expected a table"));
  }
  EXPECT_THROW(IsFeatureTable(directory.File("none.h5")), IoError);
}

class BadTable : public testing::TestWithParam<BadFile> {};

TEST_P(BadTable, IsRefusedWithItsPlaceWhateverTheThreads) {
  const TempDirectory directory;
  const std::string path = directory.File("bad.h5");
  GetParam().write(path);
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    try {
      ReadFeatureTable(path);
      ADD_FAILURE() << "was read";
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path + ": " + GetParam().dataset));
      EXPECT_THAT(error.what(), HasSubstr(GetParam().what));
      if (GetParam().row) {
        EXPECT_THAT(error.what(), HasSubstr(" row " + std::to_string(*GetParam().row) + ": "));
      }
    }
  }
  SetNumThreads(0);
}

INSTANTIATE_TEST_SUITE_P(All, BadTable, testing::ValuesIn(BadTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

class UntrainableTable : public testing::TestWithParam<BadFile> {};

TEST_P(UntrainableTable, IsReadAndRefusedForTraining) {
  const TempDirectory directory;
  const std::string path = directory.File("bad.h5");
  GetParam().write(path);
  const FeatureTable table = ReadFeatureTable(path);
  try {
    CheckTrainable(table);
    FAIL() << "was accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(path + ": " + GetParam().dataset));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().what));
  }
}

INSTANTIATE_TEST_SUITE_P(All, UntrainableTable, testing::ValuesIn(UntrainableTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace tidewright
