#include "host/ials/row_bins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tidewright {
namespace {

// Rows of these lengths, every value positive; a negative length makes a row of dislikes alone.
Csr RowsOf(const std::vector<int64_t>& lengths) {
  Csr matrix;
  matrix.rows = static_cast<int64_t>(lengths.size());
  for (const int64_t length : lengths) {
    for (int64_t k = 0; k < std::abs(length); ++k) {
      matrix.ids.push_back(static_cast<int32_t>(k));
      matrix.values.push_back(length < 0 ? -1.0f : 1.0f);
    }
    matrix.offsets.push_back(matrix.nnz());
    matrix.cols = std::max(matrix.cols, std::abs(length));
  }
  return matrix;
}

TEST(RowBins, EveryEntryOfALongRowIsInExactlyOnePart) {
  const Csr matrix = RowsOf({5, 100, 0, 33, 41, 8, -7, 250});
  const RowBins bins = BinRows(matrix.view(), {40, 16, 8, 2});
  EXPECT_EQ(bins.zero, (std::vector<int32_t>{2, 6}));
  EXPECT_EQ(bins.whole, (std::vector<int32_t>{3, 5, 0}));
  ASSERT_EQ(bins.split.size(), 3u);
  EXPECT_EQ(bins.split[0].row, 7);
  EXPECT_EQ(bins.split[1].row, 1);
  EXPECT_EQ(bins.split[2].row, 4);
  std::vector<int32_t> seen;
  for (const RowBatch& batch : bins.batches) {
    EXPECT_LE(batch.part_end - batch.part_begin, 8);
    EXPECT_LE(batch.part_end - batch.part_begin, bins.max_parts);
    EXPECT_LE(batch.whole_end - batch.whole_begin, 2);
    for (int64_t s = batch.split_begin; s < batch.split_end; ++s) {
      const SplitRow& split = bins.split[s];
      int64_t next = matrix.offsets[split.row];
      for (int part = 0; part < split.parts; ++part) {
        const EntryRange& range = bins.parts[batch.part_begin + split.first_part + part];
        EXPECT_EQ(range.begin, next);
        EXPECT_GT(range.end, range.begin);
        next = range.end;
      }
      EXPECT_EQ(next, matrix.offsets[split.row + 1]);
      seen.push_back(split.row);
    }
    seen.insert(seen.end(), bins.whole.begin() + batch.whole_begin,
                bins.whole.begin() + batch.whole_end);
  }
  EXPECT_EQ(seen, (std::vector<int32_t>{7, 1, 4, 3, 5, 0}));
}

TEST(RowBins, ShortRowsAreTheTailOfTheirBatch) {
  RowBinLimits limits{40, 16, 8, 3};
  limits.short_length = 10;
  const RowBins bins = BinRows(RowsOf({5, 11, 3, 30, 10, 12, 4, 20}).view(), limits);
  ASSERT_EQ(bins.batches.size(), 3u);
  EXPECT_EQ(bins.whole, (std::vector<int32_t>{3, 7, 5, 1, 4, 0, 6, 2}));
  EXPECT_EQ(bins.batches[0].short_begin, 3);
  EXPECT_EQ(bins.batches[1].short_begin, 4);
  EXPECT_EQ(bins.batches[2].short_begin, 6);
}

TEST(RowBins, APartKnowsThePlaceOfItsRowInTheBatch) {
  const RowBins bins = BinRows(RowsOf({41, 90, 60}).view(), {40, 32, 4, 4});
  ASSERT_EQ(bins.owners.size(), bins.parts.size());
  for (const RowBatch& batch : bins.batches) {
    for (int64_t s = batch.split_begin; s < batch.split_end; ++s) {
      for (int part = 0; part < bins.split[s].parts; ++part) {
        EXPECT_EQ(bins.owners[batch.part_begin + bins.split[s].first_part + part],
                  s - batch.split_begin);
      }
    }
  }
}

TEST(RowBins, NoRowIsWholeWhereTheLimitIsZero) {
  const RowBins bins = BinRows(RowsOf({1, 3, 0, 2}).view(), {0, 16, 2, 4});
  EXPECT_TRUE(bins.whole.empty());
  EXPECT_EQ(bins.split.size(), 3u);
  EXPECT_EQ(bins.batches.size(), 2u);
  EXPECT_EQ(bins.max_parts, 2);
}

TEST(RowBins, NoBatchHasMoreEntriesThanMayComeAtOnceButOfOneRow) {
  RowBinLimits limits{40, 16, 100, 100};
  limits.entries_at_once = 60;
  const RowBins bins = BinRows(RowsOf({30, 30, 5, 41, 61, 19, 20}).view(), limits);
  std::vector<std::vector<int32_t>> rows;
  for (const RowBatch& batch : bins.batches) {
    rows.emplace_back();
    for (int64_t s = batch.split_begin; s < batch.split_end; ++s) {
      rows.back().push_back(bins.split[s].row);
      EXPECT_EQ(bins.split[s].first_part, 0);
    }
    rows.back().insert(rows.back().end(), bins.whole.begin() + batch.whole_begin,
                       bins.whole.begin() + batch.whole_end);
  }
  EXPECT_EQ(rows, (std::vector<std::vector<int32_t>>{{4}, {3}, {0, 1}, {6, 5, 2}}));
}

TEST(OrderRows, BinsOfOrderedRowsAreRanges) {
  const Csr matrix = RowsOf({5, 100, 0, 33, 41, 5, -7, 250});
  const SolveOrder order = OrderRows(matrix.view());
  EXPECT_EQ(order.rows, (std::vector<int32_t>{7, 1, 4, 3, 0, 5, 2, 6}));
  for (int32_t place = 0; place < 8; ++place) EXPECT_EQ(order.places[order.rows[place]], place);
  SolveOrder columns;
  for (int32_t id = 0; id < matrix.cols; ++id) columns.places.push_back(1000 + id);
  const std::vector<int64_t> offsets = OrderedOffsets(matrix.view(), order);
  std::vector<int32_t> ids(matrix.ids.size());
  std::vector<float> values(ids.size());
  OrderEntries(matrix.view(), order, &columns, offsets, ids.data(), values.data());
  EXPECT_EQ(offsets.back(), matrix.nnz());
  EXPECT_EQ(ids[static_cast<size_t>(offsets[3])], 1000);
  EXPECT_EQ(ids[static_cast<size_t>(offsets[4]) - 1], 1032);
  const RowBins bins =
      BinRows({8, matrix.cols, offsets.data(), ids.data(), values.data()}, {40, 16, 8, 2});
  EXPECT_EQ(bins.split[1].row, 1);
  EXPECT_EQ(bins.whole, (std::vector<int32_t>{3, 4, 5}));
  EXPECT_EQ(bins.zero, (std::vector<int32_t>{6, 7}));
}

TEST(RowBins, AMatrixWithoutRowsNeedsNothing) {
  const RowBins bins = BinRows(RowsOf({}).view(), RowBinLimits{});
  EXPECT_TRUE(bins.batches.empty());
  EXPECT_EQ(bins.max_parts, 0);
}

TEST(CutEvenly, CoversTheRangeInAtMostSoManyParts) {
  for (const int64_t count : {0, 1, 15, 16, 17, 1000}) {
    const std::vector<EntryRange> parts = CutEvenly(count, 16, 5);
    EXPECT_LE(parts.size(), 5u);
    int64_t next = 0;
    for (const EntryRange& part : parts) {
      EXPECT_EQ(part.begin, next);
      EXPECT_GT(part.end, part.begin);
      next = part.end;
    }
    EXPECT_EQ(next, count);
  }
}

}  // namespace
}  // namespace tidewright
