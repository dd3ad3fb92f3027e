#include "cuda/ials/device_rows.h"

#include <algorithm>
#include <span>
#include <vector>

#include "host/core/aligned.h"

namespace tidewright {
namespace {

template <class T>
DeviceBuffer<T> MoveToDevice(const DeviceContext& context, std::vector<T>* source) {
  DeviceBuffer<T> buffer(context, std::span<const T>(*source));
  std::vector<T>().swap(*source);
  return buffer;
}

}  // namespace

DeviceRows::DeviceRows(const DeviceContext& context, const CsrView& matrix, const SolveOrder& order,
                       const SolveOrder* columns, const IalsScalars& scalars,
                       const RowBinLimits& limits, bool streamed)
    : rows(matrix.rows), cols(matrix.cols), starts(OrderedOffsets(matrix, order)) {
  CsrView ordered{rows, cols, starts.data(), nullptr, nullptr};
  const auto fill = [&](int32_t* to_ids, float* to_values) {
    OrderEntries(matrix, order, columns, starts, to_ids, to_values);
    ordered.ids = to_ids;
    ordered.values = to_values;
    bins = BinRows(ordered, limits);
  };
  const int64_t nnz = starts.back();
  if (streamed) {
    host_ids = PinnedBuffer<int32_t>(nnz);
    host_values = PinnedBuffer<float>(nnz);
    fill(host_ids.data(), host_values.data());
  } else {
    AlignedVector<int32_t> ordered_ids(static_cast<size_t>(nnz));
    AlignedVector<float> ordered_values(ordered_ids.size());
    fill(ordered_ids.data(), ordered_values.data());
    ids = ToDevice(context, ordered_ids);
    values = ToDevice(context, ordered_values);
  }
  zero_rows = static_cast<int64_t>(bins.zero.size());
  split_rows = static_cast<int64_t>(bins.split.size());
  std::vector<float> lambda(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    lambda[static_cast<size_t>(row)] =
        IalsRowRegularization(scalars, starts[row + 1] - starts[row], cols);
  }
  for (const RowBatch& batch : bins.batches) {
    const EntryRange entries = EntriesOf(batch);
    max_places = std::max(max_places, RowsOf(batch).count());
    max_entries = std::max(max_entries, entries.end - entries.begin);
  }
  offsets = ToDevice(context, starts);
  regularization = MoveToDevice(context, &lambda);
  whole = MoveToDevice(context, &bins.whole);
  split = MoveToDevice(context, &bins.split);
  parts = MoveToDevice(context, &bins.parts);
  owners = MoveToDevice(context, &bins.owners);
}

RowRange DeviceRows::RowsOf(const RowBatch& batch) const {
  if (batch.split_end > batch.split_begin) return {batch.split_begin, batch.split_end};
  return {split_rows + batch.whole_begin, split_rows + batch.whole_end};
}

EntryRange DeviceRows::EntriesOf(const RowBatch& batch) const {
  const RowRange range = RowsOf(batch);
  return {starts[range.begin], starts[range.end]};
}

}  // namespace tidewright
