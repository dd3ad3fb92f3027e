#include "cuda/ials/factor_side.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/ials/half_solver.h"

namespace tidewright {
namespace {

// A half of more batches than this has so much to do in each that their launches cost nothing.
constexpr size_t kMostGraphs = 64;

constexpr int64_t kRowsOfACopy = 256;

}  // namespace

FactorSide::FactorSide(const DeviceContext& context, const CsrView& matrix, const SolveOrder& order,
                       const SolveOrder& columns, const HalfEngine& engine,
                       const IalsConfig& config, const RowBinLimits& limits,
                       const Residence& residence)
    : rows(context, matrix, order, &columns, ScalarsOf(config), limits, residence.streamed),
      share(context, matrix.rows),
      context_(context),
      order_(order),
      layout_(engine.layout()),
      storage_(StorageOf(config)) {
  share.Clear();
  if (residence.on_host) {
    host_table_ = PinnedBuffer<unsigned char>(matrix.rows * row_bytes());
  } else {
    table_ = DeviceBuffer<unsigned char>(context, matrix.rows * row_bytes());
  }
  if (engine.ManyLaunches() && rows.bins.batches.size() <= kMostGraphs) {
    graphs.resize(rows.bins.batches.size());
  }
}

unsigned char* FactorSide::At(int64_t row) const {
  return (on_host() ? host_table_.data() : table_.data()) + row * row_bytes();
}

int64_t FactorSide::TransferRows() const {
  return std::max<int64_t>(kTransferBytes / (4 * layout_.factors), 1);
}

void FactorSide::Upload(const AlignedVector<float>& factors) {
  const int64_t f = layout_.factors;
  if (static_cast<int64_t>(factors.size()) != rows.rows * f) {
    throw DataError(
        "the checkpoint's factors do not have its own shape; expected users x factors and items x "
        "factors numbers");
  }
  const int64_t most = std::min(TransferRows(), rows.rows);
  AlignedVector<float> block(static_cast<size_t>(most * f));
  DeviceBuffer<float> floats(context_, most * f);
  for (int64_t first = 0; first < rows.rows; first += most) {
    const int64_t count = std::min(most, rows.rows - first);
    ParallelRanges(count, kRowsOfACopy, [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        std::copy_n(factors.data() + int64_t{order_.rows[first + row]} * f, f,
                    block.data() + row * f);
      }
    });
    floats.Upload(std::span<const float>(block.data(), static_cast<size_t>(count * f)));
    LaunchPadRows(context_, floats.data(), layout_, count, {storage_, At(first)});
  }
  context_.Synchronize();
}

AlignedVector<float> FactorSide::Download() const {
  const int64_t f = layout_.factors;
  AlignedVector<float> factors(static_cast<size_t>(rows.rows * f));
  const int64_t most = std::min(TransferRows(), rows.rows);
  AlignedVector<float> block(static_cast<size_t>(most * f));
  DeviceBuffer<float> floats(context_, most * f);
  for (int64_t first = 0; first < rows.rows; first += most) {
    const int64_t count = std::min(most, rows.rows - first);
    LaunchGatherRows(context_, {storage_, At(first)}, layout_, nullptr, count, floats.data());
    floats.Download(std::span<float>(block.data(), static_cast<size_t>(count * f)));
    ParallelRanges(count, kRowsOfACopy, [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        std::copy_n(block.data() + row * f, f,
                    factors.data() + int64_t{order_.rows[first + row]} * f);
      }
    });
  }
  return factors;
}

void FactorSide::UploadShares(const std::vector<double>& shares) {
  if (static_cast<int64_t>(shares.size()) != rows.rows) {
    throw DataError("the checkpoint's shares do not have its own shape; expected one a row");
  }
  std::vector<double> ordered;
  ordered.reserve(shares.size());
  for (const int32_t row : order_.rows) ordered.push_back(shares[row]);
  share.Upload(ordered);
}

std::vector<double> FactorSide::DownloadShares() const {
  std::vector<double> ordered(static_cast<size_t>(rows.rows));
  share.Download(ordered);
  std::vector<double> shares(ordered.size());
  for (size_t place = 0; place < ordered.size(); ++place) {
    shares[order_.rows[place]] = ordered[place];
  }
  return shares;
}

void FactorSide::ClearZeroRows() {
  if (rows.zero_rows == 0) return;
  const int64_t first = rows.rows - rows.zero_rows;
  const size_t bytes = static_cast<size_t>(rows.zero_rows * row_bytes());
  CUDA_CHECK(cudaMemsetAsync(share.data() + first, 0,
                             static_cast<size_t>(rows.zero_rows) * sizeof(double),
                             context_.stream()));
  if (!on_host()) {
    CUDA_CHECK(cudaMemsetAsync(At(first), 0, bytes, context_.stream()));
    return;
  }
  // Nothing may read them still.
  context_.Synchronize();
  std::memset(At(first), 0, bytes);
}

}  // namespace tidewright
