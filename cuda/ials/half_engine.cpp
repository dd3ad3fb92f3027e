#include "cuda/ials/half_engine.h"

#include "cuda/ials/cg_engine.h"
#include "cuda/ials/ialspp_engine.h"
#include "cuda/ials/row_engine.h"
#include "host/ials/half_solver.h"

namespace tidewright {

HalfEngine::HalfEngine(const DeviceContext& context, const IalsConfig& config, int64_t block)
    : context_(context),
      config_(config),
      tf32_(config.precision == "tf32"),
      storage_(StorageOf(config)),
      scalars_(ScalarsOf(config)),
      factors_(config.factors),
      layout_{config.factors, block},
      padded_(layout_.padded()) {}

RowProblem HalfEngine::ProblemOf(const DeviceRows& rows, const SolvedSide& side) const {
  RowProblem problem;
  problem.offsets = rows.offsets.data();
  problem.ids = side.ids;
  problem.values = side.values;
  problem.regularization = rows.regularization.data();
  problem.fixed = fixed_;
  problem.storage = storage_;
  problem.stride = padded_;
  problem.solution = side.factors;
  problem.share = side.share;
  problem.share_is_penalty = side.penalty;
  problem.factors = static_cast<int>(factors_);
  problem.padded = padded_;
  problem.scalars = scalars_;
  return problem;
}

SolvedWork HalfEngine::WorkOf(const DeviceRows& rows, const RowBatch& batch) const {
  const EntryRange entries = rows.EntriesOf(batch);
  return {config_, rows.RowsOf(batch).count(), entries.end - entries.begin};
}

void HalfEngine::Fix(const void* table, const float* gramian) {
  fixed_ = table;
  gramian_ = gramian;
}

std::unique_ptr<HalfEngine> MakeHalfEngine(const DeviceContext& context, const IalsConfig& config) {
  if (config.solver == "cg") return std::make_unique<CgEngine>(context, config, config.factors);
  if (config.solver == "ialspp") return std::make_unique<IalsppEngine>(context, config);
  return std::make_unique<RowEngine>(context, config);
}

}  // namespace tidewright
