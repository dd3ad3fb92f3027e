#include "host/ials/row_bins.h"

#include <algorithm>

#include "host/ials/positive_entries.h"

namespace tidewright {

std::vector<EntryRange> CutEvenly(int64_t count, int64_t length, int64_t parts_at_once) {
  std::vector<EntryRange> parts;
  const int64_t step = std::max(length, (count + parts_at_once - 1) / parts_at_once);
  for (int64_t begin = 0; begin < count; begin += step) {
    parts.push_back({begin, std::min(begin + step, count)});
  }
  return parts;
}

RowBins BinRows(const CsrView& matrix, const RowBinLimits& limits) {
  RowBins bins;
  std::vector<int32_t> long_rows;
  const int64_t* offsets = matrix.offsets;
  const auto length = [offsets](int32_t row) { return offsets[row + 1] - offsets[row]; };
  for (int64_t r = 0; r < matrix.rows; ++r) {
    const int32_t row = static_cast<int32_t>(r);
    if (!HasPositive(matrix, r)) {
      bins.zero.push_back(row);
    } else if (length(row) <= limits.whole_length) {
      bins.whole.push_back(row);
    } else {
      long_rows.push_back(row);
    }
  }
  const auto longer = [&length](int32_t a, int32_t b) { return length(a) > length(b); };
  std::stable_sort(bins.whole.begin(), bins.whole.end(), longer);
  std::stable_sort(long_rows.begin(), long_rows.end(), longer);

  RowBatch batch;
  const auto close_batch = [&bins, &batch] {
    batch.split_end = static_cast<int64_t>(bins.split.size());
    batch.part_end = static_cast<int64_t>(bins.parts.size());
    if (batch.split_end > batch.split_begin) {
      bins.max_parts = std::max(bins.max_parts, batch.part_end - batch.part_begin);
      bins.batches.push_back(batch);
    }
    batch = RowBatch{};
    batch.split_begin = static_cast<int64_t>(bins.split.size());
    batch.part_begin = static_cast<int64_t>(bins.parts.size());
  };
  for (const int32_t row : long_rows) {
    const std::vector<EntryRange> parts =
        CutEvenly(length(row), limits.part_length, limits.parts_at_once);
    const int64_t used = static_cast<int64_t>(bins.parts.size()) - batch.part_begin;
    if (used + static_cast<int64_t>(parts.size()) > limits.parts_at_once) close_batch();
    const int64_t first = static_cast<int64_t>(bins.parts.size()) - batch.part_begin;
    bins.split.push_back({row, static_cast<int32_t>(first), static_cast<int32_t>(parts.size())});
    const int64_t place = static_cast<int64_t>(bins.split.size()) - 1 - batch.split_begin;
    for (const EntryRange& part : parts) {
      bins.owners.push_back(static_cast<int32_t>(place));
      bins.parts.push_back({offsets[row] + part.begin, offsets[row] + part.end});
    }
  }
  close_batch();

  const int64_t whole = static_cast<int64_t>(bins.whole.size());
  for (int64_t begin = 0; begin < whole; begin += limits.rows_at_once) {
    RowBatch launch;
    launch.whole_begin = begin;
    launch.whole_end = std::min(begin + limits.rows_at_once, whole);
    const auto first = bins.whole.begin() + begin;
    const auto last = bins.whole.begin() + launch.whole_end;
    const auto is_long = [&](int32_t row) { return length(row) > limits.short_length; };
    launch.short_begin = begin + (std::partition_point(first, last, is_long) - first);
    bins.batches.push_back(launch);
  }
  return bins;
}

}  // namespace tidewright
