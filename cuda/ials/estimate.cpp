#include <algorithm>
#include <limits>
#include <string>

#include "cuda/ials/cg_engine.h"
#include "cuda/ials/factor_side.h"
#include "cuda/ials/ials_cuda.h"
#include "cuda/ials/ialspp_engine.h"
#include "cuda/ials/phase_costs.h"
#include "cuda/ials/placement.h"
#include "cuda/ials/row_engine.h"
#include "cuda/linalg/gemm.h"
#include "cuda/topk/top_k_cuda.h"
#include "host/ials/factor_storage.h"
#include "host/linalg/candidate_key.h"

namespace tidewright {
namespace {

struct EstimateShape {
  int64_t rows = 0;    // of both sides
  int64_t longer = 0;  // of the longer side
  int64_t entries = 0;
  int64_t block_entries = 0;  // of a block of rows at most
  int64_t block_rows = 0;
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
      std::min(RowEngine::MaxParts(f), PartsNeeded(f, shape.longer, shape.entries)), 1);
  estimate->device_bytes += (parts + 1) * RowEngine::PartBytes(f);  // one of them the Gramian's
  const SolvedWork work(config, shape.rows, 2 * shape.entries);
  estimate->Add(CholeskyGatherCost(work));
  estimate->Add(CholeskySolveCost(work));
}

void AddCg(const IalsConfig& config, const EstimateShape& shape, CostEstimate* estimate) {
  const int64_t f = config.factors;
  const int64_t padded = PaddedDimension(f);
  estimate->device_bytes += CgWorkspaceBytes(padded, shape.longer, shape.entries);
  const SolvedWork work(config, shape.rows, 2 * shape.entries);
  const double passes = static_cast<double>(config.cg_steps) + 1;
  estimate->Add(Times(passes, CgGatherCost(work)));
  estimate->Add(Times(passes, ProductCost(work)));
  estimate->Add(Times(passes, CgUpdateCost(work)));
}

void AddIalspp(const IalsConfig& config, const EstimateShape& shape, CostEstimate* estimate) {
  const TableLayout layout{config.factors, IalsBlockSize(config)};
  const RowBinLimits limits = IalsppEngine::LimitsOf(layout);
  const int64_t cut = PartsNeeded(layout.block, shape.longer, shape.entries);
  estimate->device_bytes += IalsppEngine::WorkspaceBytes(
      layout, shape.block_entries, std::min(shape.longer, limits.rows_at_once),
      std::min(cut, limits.parts_at_once));
  const SolvedWork work(config, shape.rows, 2 * shape.entries);
  const double block = static_cast<double>(layout.block);
  estimate->Add(IalsppPredictCost(work));
  // The half whose loss is reported has a second one, as if both sides were as long.
  estimate->Add(Times(1.5, ProductCost(work)));
  estimate->Add(IalsppGatherCost(work, block));
  estimate->Add(IalsppSolveCost(work, block));
}

RowBinLimits LimitsOf(const IalsConfig& config, const TableLayout& layout) {
  if (config.solver == "cg") return CgEngine::LimitsOf(layout.padded());
  return config.solver == "ialspp" ? IalsppEngine::LimitsOf(layout)
                                   : RowEngine::LimitsOf(config.factors);
}

}  // namespace

std::string PlacementText(const IalsPlacement& placement) {
  if (!placement.streamed) return "";
  std::string kept = "the entries";
  if (placement.users_on_host && placement.items_on_host) {
    kept += " and all factors";
  } else if (placement.users_on_host || placement.items_on_host) {
    kept += std::string(" and the factors of the ") + (placement.users_on_host ? "users" : "items");
  }
  return kept + " stay with the host and are streamed in blocks of rows";
}

IalsCudaPlan PlanIalsCuda(const IalsConfig& wanted, int64_t users, int64_t items, int64_t entries,
                          int64_t room) {
  IalsConfig config = wanted;
  Settle(config, users, items, entries);
  const int64_t f = config.factors;
  const TableLayout layout{f, config.solver == "ialspp" ? IalsBlockSize(config) : f};
  const int64_t padded = layout.padded();
  const int64_t rows = users + items;
  const int64_t longer = std::max(users, items);
  const int64_t number = BytesOf(StorageOf(config));
  const RowBinLimits limits = LimitsOf(config, layout);
  EstimateShape shape{rows, longer, entries};
  shape.block_entries = std::min(entries, std::max(limits.entries_at_once, longer));
  shape.block_rows = std::min(longer, std::max({limits.rows_at_once, limits.parts_at_once,
                                                GramianRows(static_cast<int>(padded))}));

  IalsCudaPlan plan;
  CostEstimate& cost = plan.cost;
  cost.Add(GramianCost(SolvedWork(config, rows, 0)));
  if (config.solver == "cg") {
    AddCg(config, shape, &cost);
  } else if (config.solver == "ialspp") {
    AddIalspp(config, shape, &cost);
  } else {
    AddCholesky(config, shape, &cost);
  }
  // What watching a validation takes; whether one is, is not known yet.
  cost.device_bytes +=
      TopKBytes(users, items, f, kMaxTopK) + std::min(kTransferBytes, 4 * users * f);
  // Of each row wherever the rest is: the place of its entries and its place in the plan, the
  // regularization, the share.
  cost.device_bytes += kContextBytes + 4 * padded * padded + (rows + 2) * 8 + rows * (4 + 8 + 12) +
                       std::min(kTransferBytes, 4 * longer * f) +
                       (number == 4 ? 0 : 4 * shape.block_rows * padded);
  cost.host_bytes = 2 * entries * 8 + (rows + 2) * 8 + 2 * 4 * rows * f + rows * 16;

  const int64_t row_bytes = number * padded;
  const bool users_longer = users >= items;
  const IalsPlacement placements[] = {
      {}, {true, false, false}, {true, users_longer, !users_longer}, {true, true, true}};
  const int64_t everywhere = cost.device_bytes;
  const int64_t host = cost.host_bytes;
  IalsCudaPlan least;
  least.cost.device_bytes = std::numeric_limits<int64_t>::max();
  for (const IalsPlacement& placement : placements) {
    plan.placement = placement;
    const int64_t kept =
        (placement.users_on_host ? users : 0) + (placement.items_on_host ? items : 0);
    cost.device_bytes = everywhere + (rows - kept) * row_bytes +
                        (placement.streamed ? 2 * 8 * shape.block_entries : 2 * 8 * entries) +
                        (kept > 0 ? 2 * shape.block_rows * row_bytes : 0);
    // On its way to the device a matrix is copied in the order in which its rows are solved.
    cost.host_bytes = host + (placement.streamed ? 2 : 1) * 8 * entries + kept * row_bytes;
    cost.placement = PlacementText(placement);
    if (cost.device_bytes <= room) return plan;
    if (cost.device_bytes < least.cost.device_bytes) least = plan;
  }
  return least;
}

CostEstimate EstimateIalsCuda(const IalsConfig& config, int64_t users, int64_t items,
                              int64_t entries, int64_t room) {
  return PlanIalsCuda(config, users, items, entries, room).cost;
}

}  // namespace tidewright
