#include "host/data/synthetic_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/core/parallel.h"
#include "host/data/table_summary.h"

namespace tidewright {
namespace {

SyntheticTableShape SmallShape() {
  SyntheticTableShape shape;
  shape.rows = 9000;
  shape.numbers = 20;
  shape.categories = 3;
  shape.missing = 0.1;
  return shape;
}

TEST(SyntheticTable, IsTheSameAgainWithAnyNumberOfThreadsAndAnotherForAnotherSeed) {
  SetNumThreads(1);
  const std::string one = FingerprintOf(SyntheticTable(SmallShape(), 1));
  SetNumThreads(3);
  EXPECT_EQ(FingerprintOf(SyntheticTable(SmallShape(), 1)), one);
  EXPECT_NE(FingerprintOf(SyntheticTable(SmallShape(), 2)), one);
  SetNumThreads(0);
}

TEST(SyntheticTable, PartsOfItAreRowsOfTheWhole) {
  SyntheticTableShape part = SmallShape();
  part.first_row = 5000;
  part.rows = 1000;
  std::vector<int64_t> rows(1000);
  std::iota(rows.begin(), rows.end(), 5000);
  EXPECT_EQ(FingerprintOf(SyntheticTable(part, 1)),
            FingerprintOf(SelectRows(SyntheticTable(SmallShape(), 1), rows)));
}

TEST(SyntheticTable, HasTheKindsAndTheMissingShareAskedFor) {
  const FeatureTable table = SyntheticTable(SmallShape(), 1);
  EXPECT_NO_THROW(CheckTrainable(table));
  const TableSummary summary = Summarize(table);
  ASSERT_EQ(summary.columns.size(), 23U);
  for (size_t c = 0; c < 23; ++c) {
    EXPECT_EQ(summary.columns[c].kind, c < 20 ? FeatureKind::kNumber : FeatureKind::kCategory);
    EXPECT_NEAR(static_cast<double>(summary.columns[c].missing), 900, 150) << c;
  }
  EXPECT_EQ(summary.columns[22].categories, 24);
  EXPECT_GT(summary.label_ones, 1500);
  EXPECT_LT(summary.label_ones, 4500);
}

// Where values above the middle alone are missing, missing says something.
TEST(SyntheticTable, EveryThirdColumnMissesValuesAboveItsMiddleOnly) {
  SyntheticTableShape shape = SmallShape();
  const FeatureTable holes = SyntheticTable(shape, 1);
  shape.missing = 0;
  const FeatureTable whole = SyntheticTable(shape, 1);
  for (int64_t row = 0; row < shape.rows; ++row) {
    EXPECT_FALSE(std::isnan(whole.columns[0].values[row]));
    if (!std::isnan(holes.columns[0].values[row])) continue;
    EXPECT_GE(whole.columns[0].values[row], 0);
  }
  EXPECT_EQ(holes.label, whole.label);
}

}  // namespace
}  // namespace tidewright
