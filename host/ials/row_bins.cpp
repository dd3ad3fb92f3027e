#include "host/ials/row_bins.h"

#include <algorithm>
#include <numeric>

#include "host/core/parallel.h"
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

SolveOrder OrderRows(const CsrView& matrix) {
  const size_t count = static_cast<size_t>(matrix.rows);
  SolveOrder order{std::vector<int32_t>(count), std::vector<int32_t>(count)};
  // -1 where the solution is zero.
  std::vector<int64_t> lengths(count);
  for (int64_t row = 0; row < matrix.rows; ++row) {
    lengths[row] = HasPositive(matrix, row) ? matrix.offsets[row + 1] - matrix.offsets[row] : -1;
  }
  std::iota(order.rows.begin(), order.rows.end(), 0);
  std::stable_sort(order.rows.begin(), order.rows.end(),
                   [&lengths](int32_t a, int32_t b) { return lengths[a] > lengths[b]; });
  for (size_t place = 0; place < count; ++place) {
    order.places[order.rows[place]] = static_cast<int32_t>(place);
  }
  return order;
}

std::vector<int64_t> OrderedOffsets(const CsrView& matrix, const SolveOrder& order) {
  std::vector<int64_t> offsets{0};
  offsets.reserve(order.rows.size() + 1);
  for (const int32_t row : order.rows) {
    offsets.push_back(offsets.back() + matrix.offsets[row + 1] - matrix.offsets[row]);
  }
  return offsets;
}

void OrderEntries(const CsrView& matrix, const SolveOrder& order, const SolveOrder* columns,
                  const std::vector<int64_t>& offsets, int32_t* ids, float* values) {
  constexpr int64_t kRowsAtOnce = 1024;
  ParallelRanges(matrix.rows, kRowsAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t place = begin; place < end; ++place) {
      const int64_t from = matrix.offsets[order.rows[place]];
      const int64_t to = offsets[place];
      for (int64_t k = 0; k < offsets[place + 1] - to; ++k) {
        const int32_t id = matrix.ids[from + k];
        ids[to + k] = columns == nullptr ? id : columns->places[id];
        values[to + k] = matrix.values[from + k];
      }
    }
  });
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
  int64_t entries = 0;  // of the batch
  for (const int32_t row : long_rows) {
    const std::vector<EntryRange> parts =
        CutEvenly(length(row), limits.part_length, limits.parts_at_once);
    const int64_t used = static_cast<int64_t>(bins.parts.size()) - batch.part_begin;
    entries += length(row);
    if (used + static_cast<int64_t>(parts.size()) > limits.parts_at_once ||
        entries > limits.entries_at_once) {
      close_batch();
      entries = length(row);
    }
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
  for (int64_t begin = 0; begin < whole; begin = bins.batches.back().whole_end) {
    RowBatch launch;
    launch.whole_begin = launch.whole_end = begin;
    entries = 0;
    while (launch.whole_end < std::min(begin + limits.rows_at_once, whole)) {
      entries += length(bins.whole[launch.whole_end]);
      if (launch.whole_end > begin && entries > limits.entries_at_once) break;
      ++launch.whole_end;
    }
    const auto first = bins.whole.begin() + begin;
    const auto last = bins.whole.begin() + launch.whole_end;
    const auto is_long = [&](int32_t row) { return length(row) > limits.short_length; };
    launch.short_begin = begin + (std::partition_point(first, last, is_long) - first);
    bins.batches.push_back(launch);
  }
  return bins;
}

}  // namespace tidewright
