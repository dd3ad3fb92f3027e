#include "cuda/ials/device_rows.h"

#include <algorithm>
#include <span>
#include <vector>

namespace tidewright {
namespace {

// Parts that a table's Gramian is summed from: about a block for each multiprocessor of a large
// GPU.
constexpr int64_t kGramianParts = 128;
constexpr int64_t kGramianPartRows = 512;

template <class T>
DeviceBuffer<T> MoveToDevice(const DeviceContext& context, std::vector<T>* source) {
  DeviceBuffer<T> buffer(context, std::span<const T>(*source));
  std::vector<T>().swap(*source);
  return buffer;
}

}  // namespace

DeviceRows::DeviceRows(const DeviceContext& context, const CsrView& matrix,
                       const IalsScalars& scalars, const RowBinLimits& limits)
    : rows(matrix.rows), cols(matrix.cols), bins(BinRows(matrix, limits)) {
  const int64_t nnz = matrix.offsets[rows];
  std::vector<float> lambda(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    lambda[static_cast<size_t>(row)] =
        IalsRowRegularization(scalars, matrix.offsets[row + 1] - matrix.offsets[row], cols);
  }
  for (const RowBatch& batch : bins.batches) {
    max_places = std::max(
        {max_places, batch.whole_end - batch.whole_begin, batch.split_end - batch.split_begin});
  }
  const auto size = [](int64_t count) { return static_cast<size_t>(count); };
  offsets = DeviceBuffer<int64_t>(context, std::span(matrix.offsets, size(rows + 1)));
  ids = DeviceBuffer<int32_t>(context, std::span(matrix.ids, size(nnz)));
  values = DeviceBuffer<float>(context, std::span(matrix.values, size(nnz)));
  regularization = MoveToDevice(context, &lambda);
  zero_rows = static_cast<int64_t>(bins.zero.size());
  zero = MoveToDevice(context, &bins.zero);
  whole = MoveToDevice(context, &bins.whole);
  split = MoveToDevice(context, &bins.split);
  parts = MoveToDevice(context, &bins.parts);
  owners = MoveToDevice(context, &bins.owners);
  std::vector<EntryRange> ranges = CutEvenly(cols, kGramianPartRows, kGramianParts);
  fixed_parts = MoveToDevice(context, &ranges);
}

}  // namespace tidewright
