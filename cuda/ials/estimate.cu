#include <algorithm>

#include "cuda/ials/ials_cuda.h"
#include "cuda/ials/row_engine.h"

namespace tidewright {
namespace {

// cuBLAS's workspace and handle, and what the kernels' code takes.
constexpr int64_t kContextBytes = int64_t{96} << 20;

// Parts at once at most, as BinRows cuts rows: all rows where none is solved whole, else those that
// are longer than a whole one, each with one part that may be short.
int64_t PartsNeeded(int64_t factors, int64_t rows, int64_t entries) {
  const RowBinLimits limits;
  const bool fused = PaddedDimension(factors) <= kMaxFusedFactors;
  const int64_t cut = entries / limits.part_length;
  return cut + (fused ? entries / limits.whole_length : rows);
}

}  // namespace

CostEstimate EstimateIalsCuda(const IalsConfig& config, int64_t users, int64_t items,
                              int64_t entries) {
  const int64_t f = config.factors;
  const int64_t padded = PaddedDimension(f);
  const int64_t rows = users + items;
  // A matrix by users and one by items: offsets, ids and values; the regularization, the share and
  // the place in the plan of each row.
  const int64_t matrix_bytes = 2 * entries * 8 + (rows + 2) * 8 + rows * (4 + 8 + 12);
  const int64_t table_bytes = 4 * rows * padded;
  const int64_t packed_bytes = 4 * std::max(users, items) * f;
  const int64_t parts = std::max<int64_t>(
      std::min(RowEngine::MaxParts(f), PartsNeeded(f, std::max(users, items), entries)), 128);
  CostEstimate estimate;
  estimate.device_bytes = kContextBytes + matrix_bytes + table_bytes + packed_bytes +
                          (parts + 1) * RowEngine::PartBytes(f);
  estimate.host_bytes = 2 * entries * 8 + (rows + 2) * 8 + 2 * 4 * rows * f;
  const double d = static_cast<double>(f);
  const double r = static_cast<double>(rows);
  const double z = static_cast<double>(entries);
  const bool tf32 = config.precision == "tf32";
  estimate.Add({"gramian", 2 * r * d * d, r * 4 * d, "fp32"});
  estimate.Add({"gather", 2 * z * d * (d + 1), 2 * z * (4 * d + 8), tf32 ? "tf32" : "fp32"});
  // The factorization's products are three TF32 ones each.
  estimate.Add({"solve", r * (d * d * d / 3 + 2 * d * d), r * 4 * d, tf32 ? "tf32x3" : "fp32"});
  return estimate;
}

}  // namespace tidewright
