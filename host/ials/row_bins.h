#ifndef TIDEWRIGHT_HOST_IALS_ROW_BINS_H_
#define TIDEWRIGHT_HOST_IALS_ROW_BINS_H_

#include <cstdint>
#include <vector>

#include "host/data/interactions.h"

namespace tidewright {

// How a device's blocks share the rows of a matrix: who solves what, in which order. Made on the
// host from the row lengths and these limits alone, so that results depend on nothing else.
struct RowBinLimits {
  int64_t whole_length = 4096;   // rows up to this long are solved by one block; 0: no row is
  int64_t part_length = 2048;    // longer ones are cut into parts of about this many entries
  int64_t parts_at_once = 1024;  // of which so many have room in the workspace
  int64_t rows_at_once = 16384;  // whole rows a launch: the stop flag is read between launches
  int64_t short_length = 0;      // whole rows up to this long are solved by one warp
  // Entries of a batch, but for a row that has more: what a batch brings along where the entries
  // are not all on the device.
  int64_t entries_at_once = int64_t{1} << 23;
};

struct EntryRange {
  int64_t begin = 0;
  int64_t end = 0;
};

// A row cut into parts: first_part counts from the first part of its batch.
struct SplitRow {
  int32_t row = 0;
  int32_t first_part = 0;
  int32_t parts = 0;
};

// One launch or one group of launches; what a stop flag may come between.
struct RowBatch {
  int64_t whole_begin = 0;  // RowBins::whole[whole_begin .. whole_end)
  int64_t short_begin = 0;  // from here on the rows are short
  int64_t whole_end = 0;
  int64_t split_begin = 0;  // RowBins::split[split_begin .. split_end)
  int64_t split_end = 0;
  int64_t part_begin = 0;  // RowBins::parts[part_begin .. part_end): the parts of those rows
  int64_t part_end = 0;
};

struct RowBins {
  std::vector<int32_t> zero;      // rows without a positive entry, rising: b = 0, so x = 0
  std::vector<int32_t> whole;     // longest first, so that the last blocks to run are short ones
  std::vector<SplitRow> split;    // longest first
  std::vector<EntryRange> parts;  // of `split`, in order: entries of the matrix
  std::vector<int32_t> owners;    // of each part: its row's place among those of its batch
  std::vector<RowBatch> batches;  // split rows first; zero rows belong to none
  int64_t max_parts = 0;          // of a batch
};

// The rows as they are solved: those without a positive entry last, the others by length, the
// longest first; rows of the same length as they come. BinRows of rows in this order lists them in
// their order: first the split rows, then the whole ones, then those that are zero.
struct SolveOrder {
  std::vector<int32_t> rows;    // of each place
  std::vector<int32_t> places;  // of each row
};
SolveOrder OrderRows(const CsrView& matrix);

// Where the entries of each place begin, and one more: where they end.
std::vector<int64_t> OrderedOffsets(const CsrView& matrix, const SolveOrder& order);
// The entries place by place, each row's as they were; ids become places of `columns`, unless it is
// null.
void OrderEntries(const CsrView& matrix, const SolveOrder& order, const SolveOrder* columns,
                  const std::vector<int64_t>& offsets, int32_t* ids, float* values);

// A row with more parts than have room at once gets longer parts.
RowBins BinRows(const CsrView& matrix, const RowBinLimits& limits);

// [0, count) in at most `parts_at_once` ranges of at least `length` entries, the same but the last.
std::vector<EntryRange> CutEvenly(int64_t count, int64_t length, int64_t parts_at_once);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_ROW_BINS_H_
