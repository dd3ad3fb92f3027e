#include "host/train/segments.h"

#include <gtest/gtest.h>

#include <set>

namespace tidewright {
namespace {

FeatureTable OneColumn(const std::vector<float>& values) {
  FeatureTable table;
  table.rows = static_cast<int64_t>(values.size());
  FeatureColumn column;
  column.description.name = "amount";
  column.values.assign(values.begin(), values.end());
  table.columns.push_back(std::move(column));
  return table;
}

TEST(Segments, ANumberOfManyValuesIsCutIntoQuarters) {
  std::vector<float> values;
  for (int row = 0; row < 100; ++row) values.push_back(static_cast<float>(row));
  const auto segments = SegmentsOfTable(OneColumn(values), {"amount"});
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(std::set<std::string>(segments[0].of_row.begin(), segments[0].of_row.end()).size(), 4u);
}

TEST(Segments, ANumberThatIsMostlyItsLeastValueIsCutInTwo) {
  std::vector<float> values(100, 0.0f);
  for (int row = 0; row < 20; ++row) values[row] = static_cast<float>(row + 1);
  const auto segments = SegmentsOfTable(OneColumn(values), {"amount"});
  EXPECT_EQ(segments[0].of_row[50], "below 1");
  EXPECT_EQ(segments[0].of_row[0], "from 1");
  EXPECT_EQ(segments[0].of_row[19], "from 1");
}

}  // namespace
}  // namespace tidewright
