#include "host/data/table_profile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

FeatureTable OneColumn(FeatureKind kind, std::vector<float> values) {
  FeatureTable table;
  table.rows = static_cast<int64_t>(values.size());
  table.columns.push_back({{"x", kind, {}}, std::move(values)});
  if (kind == FeatureKind::kCategory) table.columns[0].description.categories = {"a", "b"};
  return table;
}

TEST(TableProfile, ATableHasNotDriftedFromItself) {
  const FeatureTable table = RandomTable(3000, 1);
  for (const ColumnDrift& one : PopulationStability(ProfileOf(table), table)) {
    EXPECT_EQ(one.psi, 0) << one.column;
  }
  for (const ColumnDrift& one : PopulationStability(ProfileOf(table), RandomTable(3000, 2))) {
    EXPECT_LT(one.psi, kSlightDrift) << one.column;
  }
}

TEST(TableProfile, NumbersLieInTenthsAndMissingOnesApart) {
  std::vector<float> values;
  for (int i = 0; i < 90; ++i) values.push_back(static_cast<float>(i));
  values.resize(100, kMissing);
  const TableProfile profile = ProfileOf(OneColumn(FeatureKind::kNumber, values));
  ASSERT_EQ(profile.edges.size(), 9u);
  ASSERT_EQ(profile.shares.size(), 11u);
  for (size_t bin = 0; bin < 10; ++bin) EXPECT_NEAR(profile.shares[bin], 0.09, 1e-12);
  EXPECT_NEAR(profile.shares[10], 0.1, 1e-12);
}

TEST(TableProfile, AConstantHasOneBin) {
  const TableProfile profile = ProfileOf(OneColumn(FeatureKind::kNumber, {3, 3, 3, 3}));
  EXPECT_TRUE(profile.edges.empty());
  EXPECT_EQ(profile.shares, (std::vector<double>{1, 0}));
}

TEST(TableProfile, TheIndexIsItsFormula) {
  const TableProfile profile = ProfileOf(OneColumn(FeatureKind::kCategory, {0, 0, 0, 1}));
  const std::vector<ColumnDrift> drift =
      PopulationStability(profile, OneColumn(FeatureKind::kCategory, {0, 1, 1, 1}));
  ASSERT_EQ(drift.size(), 1u);
  EXPECT_NEAR(drift[0].psi, -0.5 * std::log(0.25 / 0.75) + 0.5 * std::log(0.75 / 0.25), 1e-12);
}

TEST(TableProfile, AShiftAndAGapAreSeen) {
  FeatureTable table = RandomTable(3000, 1);
  const TableProfile profile = ProfileOf(table);
  const std::string name = table.columns[0].description.name;
  for (float& value : table.columns[0].values) value += 1000;
  std::vector<ColumnDrift> drift = PopulationStability(profile, table);
  EXPECT_EQ(drift[0].column, name);
  EXPECT_GT(drift[0].psi, kStrongDrift);
  for (float& value : table.columns[0].values) value = kMissing;
  drift = PopulationStability(profile, table);
  EXPECT_EQ(drift[0].column, name);
  EXPECT_GT(drift[0].psi, kStrongDrift);
}

}  // namespace
}  // namespace tidewright
