#include "cuda/ials/half_engine.h"

#include <vector>

#include "cuda/ials/cg_engine.h"
#include "cuda/ials/ialspp_engine.h"
#include "cuda/ials/row_engine.h"
#include "cuda/ials/row_launch.h"
#include "host/ials/half_solver.h"

namespace tidewright {

HalfEngine::HalfEngine(const DeviceContext& context, const IalsConfig& config, int64_t block)
    : context_(context),
      tf32_(config.precision == "tf32"),
      storage_(StorageOf(config)),
      scalars_(ScalarsOf(config)),
      factors_(config.factors),
      layout_{config.factors, block},
      padded_(layout_.padded()) {}

RowProblem HalfEngine::ProblemOf(const DeviceRows& rows, const SolvedSide& side) const {
  RowProblem problem;
  problem.offsets = rows.offsets.data();
  problem.ids = rows.ids.data();
  problem.values = rows.values.data();
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

void HalfEngine::ClearZeroRows(const DeviceRows& rows, const SolvedSide& side) const {
  LaunchClearRows(context_, ProblemOf(rows, side), rows.zero.data(), rows.zero_rows);
}

AlignedVector<float> HalfEngine::DownloadDense(const DeviceBuffer<float>& gramian) const {
  std::vector<float> padded(static_cast<size_t>(gramian.size()));
  gramian.Download(padded);
  AlignedVector<float> dense;
  dense.reserve(static_cast<size_t>(factors_ * factors_));
  for (int64_t row = 0; row < factors_; ++row) {
    for (int64_t column = 0; column < factors_; ++column) {
      dense.push_back(
          padded[static_cast<size_t>(layout_.ColumnOf(row) * padded_ + layout_.ColumnOf(column))]);
    }
  }
  return dense;
}

std::unique_ptr<HalfEngine> MakeHalfEngine(const DeviceContext& context, const IalsConfig& config) {
  if (config.solver == "cg") return std::make_unique<CgEngine>(context, config, config.factors);
  if (config.solver == "ialspp") return std::make_unique<IalsppEngine>(context, config);
  return std::make_unique<RowEngine>(context, config);
}

}  // namespace tidewright
