#ifndef TIDEWRIGHT_CUDA_IALS_DEVICE_ROWS_H_
#define TIDEWRIGHT_CUDA_IALS_DEVICE_ROWS_H_

#include <cstdint>

#include "cuda/core/device_buffer.h"
#include "host/data/interactions.h"
#include "host/ials/ials_core.h"
#include "host/ials/row_bins.h"

namespace tidewright {

// A matrix on the device with the plan by which its rows are solved.
struct DeviceRows {
  DeviceRows(const DeviceContext& context, const CsrView& matrix, const IalsScalars& scalars,
             const RowBinLimits& limits);

  int64_t rows = 0;
  int64_t cols = 0;
  RowBins bins;  // its vectors of rows and parts have moved to the device
  int64_t zero_rows = 0;
  int64_t max_places = 0;  // rows of a batch at most
  DeviceBuffer<int64_t> offsets;
  DeviceBuffer<int32_t> ids;
  DeviceBuffer<float> values;
  DeviceBuffer<float> regularization;
  DeviceBuffer<int32_t> zero;
  DeviceBuffer<int32_t> whole;
  DeviceBuffer<SplitRow> split;
  DeviceBuffer<EntryRange> parts;
  DeviceBuffer<int32_t> owners;
  DeviceBuffer<EntryRange> fixed_parts;  // of the table that these rows are solved against
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_DEVICE_ROWS_H_
