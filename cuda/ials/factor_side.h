#ifndef TIDEWRIGHT_CUDA_IALS_FACTOR_SIDE_H_
#define TIDEWRIGHT_CUDA_IALS_FACTOR_SIDE_H_

#include <cstdint>
#include <vector>

#include "cuda/core/device_buffer.h"
#include "cuda/core/launch_graph.h"
#include "cuda/core/pinned_buffer.h"
#include "cuda/ials/half_engine.h"
#include "cuda/ials/row_launch.h"
#include "host/core/aligned.h"

namespace tidewright {

// Rows of factors that go to or come from a table at a time, as floats without padding.
constexpr int64_t kTransferBytes = int64_t{64} << 20;

// A side of the model: its matrix, its factors as they are stored, and what each row adds to the
// objective. On the device rows lie in the order in which they are solved; what comes in and goes
// out is in the order of the data. A table that stays with the host is read there by kernels.
class FactorSide {
 public:
  struct Residence {
    bool streamed = false;  // the entries stay with the host
    bool on_host = false;   // the factors do
  };

  // `order` outlives it; `columns` is that of the other side.
  FactorSide(const DeviceContext& context, const CsrView& matrix, const SolveOrder& order,
             const SolveOrder& columns, const HalfEngine& engine, const IalsConfig& config,
             const RowBinLimits& limits, const Residence& residence);

  bool on_host() const { return host_table_.data() != nullptr; }
  int64_t row_bytes() const { return layout_.padded() * BytesOf(storage_); }
  // The stored factors from row `row` on.
  unsigned char* At(int64_t row) const;
  StoredTable table() const { return {storage_, At(0)}; }

  // rows x factors. Complete when they return; Download after all that is enqueued.
  void Upload(const AlignedVector<float>& factors);
  AlignedVector<float> Download() const;
  void UploadShares(const std::vector<double>& shares);
  std::vector<double> DownloadShares() const;
  // The rows that belong to no batch: their factors and shares become 0.
  void ClearZeroRows();

  DeviceRows rows;
  DeviceBuffer<double> share;
  std::vector<LaunchGraph> graphs;  // of each batch, where that pays

 private:
  int64_t TransferRows() const;

  const DeviceContext& context_;
  const SolveOrder& order_;
  const TableLayout layout_;
  const FactorStorage storage_;
  mutable DeviceBuffer<unsigned char> table_;  // one of the two
  mutable PinnedBuffer<unsigned char> host_table_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_FACTOR_SIDE_H_
