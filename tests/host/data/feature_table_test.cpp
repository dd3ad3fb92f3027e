#include "host/data/feature_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "host/core/errors.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

std::string DataErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(FeatureTable, SelectsRowsInTheGivenOrderWithAllThatIsKnownOfThem) {
  FeatureTable table = RandomTable(50, 1);
  table.group.resize(50);
  table.weight.resize(50);
  for (int row = 0; row < 50; ++row) {
    table.group[row] = row / 5;
    table.weight[row] = static_cast<float>(row);
  }
  const FeatureTable selected = SelectRows(table, {7, 3, 7});
  EXPECT_EQ(selected.rows, 3);
  EXPECT_THAT(selected.weight, ElementsAre(7, 3, 7));
  EXPECT_THAT(selected.group, ElementsAre(1, 0, 1));
  EXPECT_EQ(selected.ids[1], "customer 3");
  EXPECT_THAT(selected.label, ElementsAre(table.label[7], table.label[3], table.label[7]));
  ASSERT_EQ(selected.columns.size(), 4U);
  EXPECT_EQ(selected.columns[2].description, table.columns[2].description);
  EXPECT_THAT(selected.columns[3].values,
              testing::Pointwise(testing::NanSensitiveFloatEq(),
                                 {table.columns[3].values[7], table.columns[3].values[3],
                                  table.columns[3].values[7]}));
}

TEST(FeatureTable, FingerprintTellsTablesApart) {
  const FeatureTable table = RandomTable(50, 1);
  EXPECT_EQ(FingerprintOf(table), FingerprintOf(RandomTable(50, 1)));
  const std::vector<std::function<void(FeatureTable*)>> changes = {
      [](FeatureTable* changed) { changed->columns[0].values[9] = 1e6f; },
      [](FeatureTable* changed) { changed->columns[0].description.name = "months"; },
      [](FeatureTable* changed) { changed->columns[0].description.kind = FeatureKind::kBoolean; },
      [](FeatureTable* changed) { changed->columns[2].description.categories[1] = "2 years"; },
      [](FeatureTable* changed) { std::swap(changed->columns[0], changed->columns[3]); },
      [](FeatureTable* changed) { changed->label[0] = 1 - changed->label[0]; },
      [](FeatureTable* changed) { changed->label_name = "left"; },
      [](FeatureTable* changed) { changed->weight.assign(50, 1.0f); },
      [](FeatureTable* changed) { changed->group.assign(50, 1); },
      [](FeatureTable* changed) { changed->ids = IdTable::Range(50); },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    FeatureTable changed = table;
    changes[i](&changed);
    EXPECT_NE(FingerprintOf(changed), FingerprintOf(table)) << "change " << i;
  }
}

TEST(FeatureTable, MatchFindsColumnsByNameAndTakesTheModelsCodes) {
  FeatureTable table = RandomTable(4, 1);
  table.columns[2] = {{"contract", FeatureKind::kCategory, {"yearly", "weekly", "monthly"}},
                      {0, 1, 2, kMissing}};
  std::swap(table.columns[0], table.columns[2]);
  table.columns.push_back({{"colour", FeatureKind::kNumber, {}}, {1, 2, 3, 4}});
  FeatureSpec spec = SpecOf(RandomTable(4, 1));
  MatchReport report;
  const FeatureTable matched = MatchTable(spec, table, &report);
  EXPECT_EQ(SpecOf(matched), spec);
  EXPECT_THAT(matched.columns[2].values, ElementsAre(2, IsNan(), 0, IsNan()));
  EXPECT_EQ(report.unknown_categories, 1);
  EXPECT_THAT(report.columns_ignored, ElementsAre("colour"));
  EXPECT_EQ(matched.ids, table.ids);
}

TEST(FeatureTable, MatchRefusesATableWithoutAColumnOrWithAnotherKindOfIt) {
  const FeatureTable table = RandomTable(4, 1);
  FeatureSpec spec = SpecOf(table);
  spec.columns[3].name = "visits";
  EXPECT_THAT(DataErrorOf([&] { MatchTable(spec, table, nullptr); }),
              HasSubstr("table.h5: /columns/visits: is missing; expected a column of kind number"));
  spec = SpecOf(table);
  spec.columns[1].kind = FeatureKind::kNumber;
  EXPECT_THAT(
      DataErrorOf([&] { MatchTable(spec, table, nullptr); }),
      HasSubstr("table.h5: /columns/senior: is of kind boolean; expected kind number, as the "));
}

TEST(FeatureTable, TrainingNeedsALabelBothClassesWeightAndValues) {
  const auto refused = [](const std::function<void(FeatureTable*)>& change) {
    FeatureTable table = RandomTable(40, 1);
    change(&table);
    return DataErrorOf([&] { CheckTrainable(table); });
  };
  EXPECT_EQ(refused([](FeatureTable*) {}), "no error");
  EXPECT_THAT(refused([](FeatureTable* table) { table->label.clear(); }),
              HasSubstr("table.h5: /label: is missing"));
  EXPECT_THAT(refused([](FeatureTable* table) { table->label.assign(40, 1.0f); }),
              HasSubstr("/label: is 1 in every row; expected rows of both classes"));
  EXPECT_THAT(refused([](FeatureTable* table) { table->label.assign(40, 0.0f); }),
              HasSubstr("/label: is 0 in every row"));
  EXPECT_THAT(refused([](FeatureTable* table) { table->columns.clear(); }),
              HasSubstr("/columns: holds no column"));
  EXPECT_THAT(refused([](FeatureTable* table) { table->columns[1].values.assign(40, kMissing); }),
              HasSubstr("/columns/senior: has no value in any row; expected at least one"));
  EXPECT_THAT(refused([](FeatureTable* table) { table->weight = table->label; }),
              HasSubstr("/weight: is 0 in every row with label 0"));
}

}  // namespace
}  // namespace tidewright
