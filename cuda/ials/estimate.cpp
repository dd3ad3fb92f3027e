#include <algorithm>

#include "cuda/ials/cg_engine.h"
#include "cuda/ials/ials_cuda.h"
#include "cuda/ials/ialspp_engine.h"
#include "cuda/ials/row_engine.h"
#include "host/ials/factor_storage.h"

namespace tidewright {
namespace {

// cuBLAS's workspace and handle, and what the kernels' code takes.
constexpr int64_t kContextBytes = int64_t{96} << 20;

struct EstimateShape {
  int64_t rows = 0;    // of both sides
  int64_t longer = 0;  // of the longer side
  int64_t entries = 0;
  double bytes = 4;  // of a stored number
};

// Parts at once at most, as BinRows cuts rows: all rows where none is solved whole, else those that
// are longer than a whole one, each with one part that may be short.
int64_t PartsNeeded(int64_t factors, int64_t rows, int64_t entries) {
  const RowBinLimits limits;
  const bool fused = PaddedDimension(factors) <= kMaxFusedFactors;
  const int64_t cut = entries / limits.part_length;
  return cut + (fused ? entries / limits.whole_length : rows);
}

// Rows of a batch and slots of its entries at most: whole rows have a slot each, split ones
// several.
int64_t CgWorkspaceBytes(int64_t padded, int64_t rows, int64_t entries) {
  const RowBinLimits limits = CgEngine::LimitsOf(padded);
  const int64_t parts = entries / limits.part_length + entries / limits.whole_length;
  const int64_t places = std::min(rows, limits.rows_at_once);
  const int64_t slots = std::max(places, std::min(parts, limits.parts_at_once));
  return CgEngine::WorkspaceBytes(padded, places, slots);
}

void AddCholesky(const IalsConfig& config, const EstimateShape& shape, CostEstimate* estimate) {
  const int64_t f = config.factors;
  const int64_t parts = std::max<int64_t>(
      std::min(RowEngine::MaxParts(f), PartsNeeded(f, shape.longer, shape.entries)), 128);
  estimate->device_bytes += (parts + 1) * RowEngine::PartBytes(f);
  const double d = static_cast<double>(f);
  const double r = static_cast<double>(shape.rows);
  const double z = static_cast<double>(shape.entries);
  const bool tf32 = config.precision == "tf32";
  estimate->Add(
      {"gather", 2 * z * d * (d + 1), 2 * z * (shape.bytes * d + 8), tf32 ? "tf32" : "fp32"});
  // The factorization's products are three TF32 ones each.
  estimate->Add({"solve", r * (d * d * d / 3 + 2 * d * d), r * 4 * d, tf32 ? "tf32x3" : "fp32"});
}

void AddCg(const IalsConfig& config, const EstimateShape& shape, CostEstimate* estimate) {
  const int64_t f = config.factors;
  const int64_t padded = PaddedDimension(f);
  estimate->device_bytes +=
      4 * padded * padded + CgWorkspaceBytes(padded, shape.longer, shape.entries);
  const double d = static_cast<double>(f);
  const double r = static_cast<double>(shape.rows);
  const double z = static_cast<double>(shape.entries);
  // The residual is a pass like a step's.
  const double passes = static_cast<double>(config.cg_steps) + 1;
  estimate->Add({"gather", passes * 2 * z * 4 * d, passes * 2 * z * (shape.bytes * d + 8), "fp32"});
  estimate->Add({"product", passes * 2 * r * d * d, passes * r * 8 * d,
                 config.precision == "tf32" ? "tf32" : "fp32"});
  estimate->Add({"update", passes * r * 10 * d, passes * r * 24 * d, "fp32"});
}

void AddIalspp(const IalsConfig& config, const EstimateShape& shape, CostEstimate* estimate) {
  const TableLayout layout{config.factors, IalsBlockSize(config)};
  const RowBinLimits limits = IalsppEngine::LimitsOf(layout);
  const int64_t cut = shape.entries / limits.part_length + shape.entries / limits.whole_length;
  estimate->device_bytes += IalsppEngine::WorkspaceBytes(
      layout, shape.entries, std::min(shape.longer, limits.rows_at_once),
      std::min(cut, limits.parts_at_once));
  const double d = static_cast<double>(config.factors);
  const double b = static_cast<double>(layout.block);
  const double r = static_cast<double>(shape.rows);
  const double z = static_cast<double>(shape.entries);
  const bool tf32 = config.precision == "tf32";
  estimate->Add({"predict", 2 * z * 2 * d, 2 * z * (shape.bytes * d + 8), "fp32"});
  estimate->Add({"product", 3 * r * d * d, r * 8 * d, tf32 ? "tf32" : "fp32"});
  // A block is gathered once more for the predictions, but from the second cache.
  estimate->Add({"gather", 2 * z * d * (b + 1), 2 * z * (shape.bytes * d + 16 * d / b),
                 tf32 ? "tf32" : "fp32"});
  estimate->Add({"solve", r * d * (b * b / 3 + 2 * b), r * 12 * d, tf32 ? "tf32x3" : "fp32"});
}

}  // namespace

CostEstimate EstimateIalsCuda(const IalsConfig& wanted, int64_t users, int64_t items,
                              int64_t entries) {
  IalsConfig config = wanted;
  Settle(config, users, items, entries);
  const int64_t f = config.factors;
  const bool blocks = config.solver == "ialspp";
  const int64_t padded = TableLayout{f, blocks ? IalsBlockSize(config) : f}.padded();
  const int64_t rows = users + items;
  // A matrix by users and one by items: offsets, ids and values; the regularization, the share and
  // the place in the plan of each row.
  const int64_t matrix_bytes = 2 * entries * 8 + (rows + 2) * 8 + rows * (4 + 8 + 12);
  const int64_t number = BytesOf(StorageOf(config));
  const int64_t table_bytes = number * rows * padded;
  const int64_t float_bytes = 4 * std::max(users, items) * (number == 4 ? f : padded);
  const EstimateShape shape{rows, std::max(users, items), entries, static_cast<double>(number)};
  CostEstimate estimate;
  estimate.device_bytes = kContextBytes + matrix_bytes + table_bytes + float_bytes;
  estimate.host_bytes = 2 * entries * 8 + (rows + 2) * 8 + 2 * 4 * rows * f;
  const double d = static_cast<double>(f);
  const double r = static_cast<double>(rows);
  estimate.Add({"gramian", 2 * r * d * d, r * 4 * d, "fp32"});
  if (config.solver == "cg") {
    AddCg(config, shape, &estimate);
  } else if (config.solver == "ialspp") {
    AddIalspp(config, shape, &estimate);
  } else {
    AddCholesky(config, shape, &estimate);
  }
  return estimate;
}

}  // namespace tidewright
