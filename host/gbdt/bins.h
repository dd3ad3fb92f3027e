#ifndef TIDEWRIGHT_HOST_GBDT_BINS_H_
#define TIDEWRIGHT_HOST_GBDT_BINS_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"
#include "host/data/feature_table.h"

namespace tidewright {

inline constexpr int64_t kMaxBins = 256;
inline constexpr int64_t kReadableBeyond = 64;  // bytes behind by_column: vectors read past the end

// How the values of one column become bins: 0 .. values - 1, and `values` for a missing one.
struct ColumnBins {
  bool category = false;
  int32_t values = 1;
  // Numbers: a value's bin is the number of edges but the last that it is not below, so that
  // bin <= b is the same as x < edges[b]. The last is above every value.
  std::vector<float> edges;
  bool last_edge_splits = true;      // false: a value is as large as the last edge
  std::vector<uint8_t> bin_of_code;  // categories; those beyond the limit share the last bin

  int32_t BinOf(float value) const;
};

// Bins for each column. A column with few distinct values has one for each; others are cut at
// quantiles of the rows' weight, of a counter-based sample of 2^18 rows where there are more. Edges
// lie half-way between neighbouring values. The same whatever the number of threads. Empty
// `weight`: every row counts 1.
std::vector<ColumnBins> MakeBins(const FeatureTable& table, const std::vector<float>& weight,
                                 int64_t max_bins, uint64_t seed);

// Bytes from row to row of a binned table: a row on as few cache lines as can be.
int64_t RowStride(int64_t columns);

// A table as bins, by row and, where asked for, by column as well.
struct BinnedTable {
  int64_t rows = 0;
  int64_t stride = 0;                // bytes from row to row; RowStride of its columns
  AlignedVector<uint8_t> by_row;     // rows x stride
  AlignedVector<uint8_t> by_column;  // columns x rows, and kReadableBeyond more; empty where not
                                     // asked for

  const uint8_t* Row(int64_t row) const { return by_row.data() + row * stride; }
  const uint8_t* Column(int64_t column) const { return by_column.data() + column * rows; }
};

// Takes the columns' values over: each is freed as soon as it is binned.
BinnedTable BinTable(const std::vector<ColumnBins>& bins, FeatureTable* table);
// Leaves the table as it is; by row only.
BinnedTable BinRows(const std::vector<ColumnBins>& bins, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_BINS_H_
