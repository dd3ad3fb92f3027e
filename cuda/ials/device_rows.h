#ifndef TIDEWRIGHT_CUDA_IALS_DEVICE_ROWS_H_
#define TIDEWRIGHT_CUDA_IALS_DEVICE_ROWS_H_

#include <cstdint>
#include <vector>

#include "cuda/core/device_buffer.h"
#include "cuda/core/pinned_buffer.h"
#include "host/data/interactions.h"
#include "host/ials/ials_core.h"
#include "host/ials/row_bins.h"

namespace tidewright {

struct RowRange {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t count() const { return end - begin; }
};

// A matrix with the plan by which its rows are solved. Its rows lie in the order in which they are
// solved (OrderRows), so that a batch is a range of rows and of entries; all numbers of rows below
// are places in that order, and so are the ids where the columns have an order of their own.
struct DeviceRows {
  // `order`: of the rows; `columns`: null, or that of the table that the rows are solved against.
  // Entries that are `streamed` stay with the host.
  DeviceRows(const DeviceContext& context, const CsrView& matrix, const SolveOrder& order,
             const SolveOrder* columns, const IalsScalars& scalars, const RowBinLimits& limits,
             bool streamed);

  bool streamed() const { return host_ids.data() != nullptr; }
  RowRange RowsOf(const RowBatch& batch) const;
  EntryRange EntriesOf(const RowBatch& batch) const;

  int64_t rows = 0;
  int64_t cols = 0;
  int64_t zero_rows = 0;        // the last ones
  int64_t split_rows = 0;       // the first ones
  int64_t max_places = 0;       // rows of a batch at most
  int64_t max_entries = 0;      // of a batch
  std::vector<int64_t> starts;  // of each row's entries, as `offsets`
  RowBins bins;                 // its vectors of rows and parts have moved to the device
  DeviceBuffer<int64_t> offsets;
  DeviceBuffer<int32_t> ids;  // these two, or the next two
  DeviceBuffer<float> values;
  PinnedBuffer<int32_t> host_ids;
  PinnedBuffer<float> host_values;
  DeviceBuffer<float> regularization;
  DeviceBuffer<int32_t> whole;
  DeviceBuffer<SplitRow> split;
  DeviceBuffer<EntryRange> parts;
  DeviceBuffer<int32_t> owners;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_DEVICE_ROWS_H_
