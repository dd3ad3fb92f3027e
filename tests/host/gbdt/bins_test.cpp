#include "host/gbdt/bins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/core/parallel.h"
#include "tests/support/gbdt_tables.h"

namespace tidewright {
namespace {

FeatureTable OneColumn(std::vector<float> values) {
  FeatureTable table;
  table.rows = static_cast<int64_t>(values.size());
  table.columns.resize(1);
  table.columns[0].description.name = "x";
  table.columns[0].values = std::move(values);
  return table;
}

TEST(Bins, FewDistinctValuesGetABinEach) {
  const FeatureTable table = OneColumn({3, 1, kMissing, 2, 1, 3, -0.0f, 0.0f, 1e30f});
  const ColumnBins bins = MakeBins(table, {}, 256, 1)[0];
  EXPECT_EQ(bins.values, 5);
  EXPECT_EQ(bins.BinOf(0), 0);
  EXPECT_EQ(bins.BinOf(1), 1);
  EXPECT_EQ(bins.BinOf(2), 2);
  EXPECT_EQ(bins.BinOf(3), 3);
  EXPECT_EQ(bins.BinOf(1e30f), 4);
  EXPECT_EQ(bins.BinOf(kMissing), 5);
  EXPECT_EQ(bins.edges[1], 1.5f);
}

TEST(Bins, NeighbouringFloatsStayApart) {
  const float a = 1.0f;
  const float b = std::nextafter(a, 2.0f);
  const float c = std::nextafter(b, 2.0f);
  const ColumnBins bins = MakeBins(OneColumn({a, b, c}), {}, 256, 1)[0];
  EXPECT_EQ(bins.BinOf(a), 0);
  EXPECT_EQ(bins.BinOf(b), 1);
  EXPECT_EQ(bins.BinOf(c), 2);
}

TEST(Bins, ManyValuesAreCutIntoBinsOfEqualWeight) {
  const FeatureTable table = NumberTable(20000, 1, false);
  for (const bool weighted : {false, true}) {
    std::vector<float> weight;
    if (weighted) {
      for (const float x : table.columns[0].values) weight.push_back(x < 0.5f ? 9.0f : 1.0f);
    }
    const ColumnBins bins = MakeBins(table, weight, 51, 1)[0];
    EXPECT_EQ(bins.values, 50);
    std::vector<double> in_bin(51, 0);
    double total = 0;
    for (int64_t row = 0; row < table.rows; ++row) {
      const double w = weighted ? weight[row] : 1;
      in_bin[bins.BinOf(table.columns[0].values[row])] += w;
      total += w;
    }
    for (int b = 0; b < 50; ++b) EXPECT_NEAR(in_bin[b] / total, 0.02, 0.001) << b;
  }
}

TEST(Bins, AValueOfManyRowsIsAloneInItsBin) {
  FeatureTable table = NumberTable(5000, 1, false);
  for (int64_t row = 0; row < table.rows; row += 2) table.columns[0].values[row] = 0.25f;
  const ColumnBins bins = MakeBins(table, {}, 17, 1)[0];
  const int bin = bins.BinOf(0.25f);
  int64_t others = 0;
  for (const float x : table.columns[0].values)
    others += bins.BinOf(x) == bin && x != 0.25f ? 1 : 0;
  EXPECT_LE(others, 200);
}

TEST(Bins, ABinIsExactlyASideOfEachEdge) {
  FeatureTable table = NumberTable(3000, 2, true);
  table.columns[1].values[7] = std::numeric_limits<float>::max();
  table.columns[1].values[8] = std::numeric_limits<float>::lowest();
  const std::vector<ColumnBins> bins = MakeBins(table, {}, 40, 1);
  EXPECT_TRUE(bins[0].last_edge_splits);
  EXPECT_FALSE(bins[1].last_edge_splits);
  const BinnedTable by_row = BinRows(bins, table);
  FeatureTable gone = table;
  const BinnedTable by_both = BinTable(bins, &gone);
  EXPECT_TRUE(gone.columns[0].values.empty());
  for (int64_t c = 0; c < 2; ++c) {
    for (int64_t row = 0; row < table.rows; ++row) {
      const float x = table.columns[c].values[row];
      const int bin = by_row.Row(row)[c];
      ASSERT_EQ(bin, by_both.Row(row)[c]);
      ASSERT_EQ(bin, by_both.Column(c)[row]);
      ASSERT_EQ(bin, bins[c].BinOf(x));
      if (x != x) {
        ASSERT_EQ(bin, bins[c].values);
        continue;
      }
      for (int b = 0; b + 1 < bins[c].values; ++b) ASSERT_EQ(bin <= b, x < bins[c].edges[b]);
    }
  }
}

TEST(Bins, TheSameWithAnyNumberOfThreadsAlsoFromASample) {
  const FeatureTable table = NumberTable((int64_t{1} << 18) + 1000, 3, true);
  SetNumThreads(1);
  const std::vector<ColumnBins> one = MakeBins(table, {}, 256, 1);
  SetNumThreads(3);
  const std::vector<ColumnBins> three = MakeBins(table, {}, 256, 1);
  SetNumThreads(0);
  for (size_t c = 0; c < one.size(); ++c) {
    EXPECT_EQ(one[c].edges, three[c].edges);
    EXPECT_EQ(one[c].values, 255);
    // Uniform in (0, 1).
    for (int b = 0; b < 254; ++b) EXPECT_NEAR(one[c].edges[b], (b + 1) / 255.0, 0.003);
  }
}

TEST(Bins, RareCategoriesShareTheLastBin) {
  FeatureTable table = OneColumn({});
  FeatureColumn& column = table.columns[0];
  column.description.kind = FeatureKind::kCategory;
  column.description.categories.assign(10, "");
  for (int code = 0; code < 10; ++code) {
    for (int i = 0; i < (code % 2 == 0 ? 10 : 1); ++i) {
      column.values.push_back(static_cast<float>(code));
    }
  }
  table.rows = static_cast<int64_t>(column.values.size());
  const ColumnBins all = MakeBins(table, {}, 11, 1)[0];
  EXPECT_EQ(all.values, 10);
  const ColumnBins few = MakeBins(table, {}, 7, 1)[0];
  EXPECT_EQ(few.values, 6);
  for (int code = 0; code < 10; code += 2) EXPECT_EQ(few.BinOf(static_cast<float>(code)), code / 2);
  for (int code = 1; code < 10; code += 2) EXPECT_EQ(few.BinOf(static_cast<float>(code)), 5);
  EXPECT_EQ(few.BinOf(10), 6);  // unknown: missing
}

}  // namespace
}  // namespace tidewright
