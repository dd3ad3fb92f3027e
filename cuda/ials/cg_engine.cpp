#include "cuda/ials/cg_engine.h"

#include <algorithm>
#include <vector>

#include "cuda/core/kernel_clock.h"
#include "cuda/ials/cg_launch.h"
#include "cuda/linalg/gemm.h"

namespace tidewright {
namespace {

// The vectors of a batch: as large as several second caches together, and no larger, so that the
// stop flag is read often.
constexpr int64_t kBatchBytes = int64_t{512} << 20;
constexpr int64_t kMostPlaces = 16384;

// Rows up to this long are a warp's, longer ones a block's, and beyond the last cut into parts.
constexpr int64_t kShortLength = 128;
constexpr int64_t kWholeLength = 2048;
constexpr int64_t kPartLength = 1024;

// Users are folded in from nothing, until their residual is a float's.
constexpr int64_t kFoldInSteps = 100;

}  // namespace

RowBinLimits CgEngine::LimitsOf(int64_t padded) {
  RowBinLimits limits;
  limits.whole_length = kWholeLength;
  limits.part_length = kPartLength;
  limits.short_length = kShortLength;
  limits.rows_at_once = std::clamp<int64_t>(kBatchBytes / (16 * padded), 256, kMostPlaces);
  limits.parts_at_once = limits.rows_at_once;
  return limits;
}

int64_t CgEngine::WorkspaceBytes(int64_t padded, int64_t places, int64_t slots) {
  return places * (3 * 4 * padded + static_cast<int64_t>(sizeof(CgState))) +
         slots * (4 * padded + 8);
}

CgEngine::CgEngine(const DeviceContext& context, const IalsConfig& config, int64_t block)
    : HalfEngine(context, config, block) {
  limits_ = LimitsOf(padded_);
}

void CgEngine::Reserve(const DeviceRows& rows) {
  // The old workspace goes first; its release comes after what is enqueued for it.
  if (rows.max_places > state_.size()) {
    direction_ = {};
    product_ = {};
    residual_ = {};
    state_ = {};
    direction_ = DeviceBuffer<float>(context_, rows.max_places * padded_);
    product_ = DeviceBuffer<float>(context_, rows.max_places * padded_);
    residual_ = DeviceBuffer<float>(context_, rows.max_places * padded_);
    state_ = DeviceBuffer<CgState>(context_, rows.max_places);
  }
  const int64_t slots = std::max(rows.max_places, rows.bins.max_parts);
  if (slots > energy_.size()) {
    sums_ = {};
    energy_ = {};
    sums_ = DeviceBuffer<float>(context_, slots * padded_);
    energy_ = DeviceBuffer<double>(context_, slots);
  }
}

void CgEngine::SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                          const SolvedSide& side) const {
  Run(rows, batch, side, config_.cg_steps, false);
}

void CgEngine::FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                           const SolvedSide& side) const {
  Run(rows, batch, side, kFoldInSteps, true);
}

void CgEngine::Run(const DeviceRows& rows, const RowBatch& batch, const SolvedSide& side,
                   int64_t steps, bool from_zero) const {
  CgProblem problem;
  problem.rows = ProblemOf(rows, side);
  problem.direction = direction_.data();
  problem.product = product_.data();
  problem.residual = residual_.data();
  problem.sums = sums_.data();
  problem.energy = energy_.data();
  problem.state = state_.data();
  int64_t short_begin = batch.short_begin - batch.whole_begin;
  int64_t slots = batch.whole_end - batch.whole_begin;
  if (batch.split_end > batch.split_begin) {
    problem.split = rows.split.data() + batch.split_begin;
    problem.parts = rows.parts.data() + batch.part_begin;
    problem.owners = rows.owners.data() + batch.part_begin;
    problem.places = batch.split_end - batch.split_begin;
    short_begin = slots = batch.part_end - batch.part_begin;
  } else {
    problem.whole = rows.whole.data() + batch.whole_begin;
    problem.places = slots;
  }
  LaunchCgLoad(context_, problem, from_zero);
  // Rounded products would leave a residual that a hundred steps cannot make smaller.
  const bool tf32 = tf32_ && !from_zero;
  const SolvedWork work = WorkOf(rows, batch);
  for (int64_t step = 0; step <= steps; ++step) {
    const bool last = step == steps;
    {
      const KernelRange range(context_, "product", [&] { return std::vector{ProductCost(work)}; });
      MultiplyRows(context_, tf32, scalars_.unobserved_weight, problem.direction, problem.places,
                   padded_, {gramian_, padded_, padded_}, problem.product);
    }
    {
      const KernelRange range(context_, "gather", [&] { return std::vector{CgGatherCost(work)}; });
      LaunchCgPass(context_, problem, short_begin, slots, {step == 0 ? 1.0f : 0.0f, !last});
    }
    const KernelRange range(context_, "update", [&] { return std::vector{CgUpdateCost(work)}; });
    LaunchCgUpdate(context_, problem,
                   step == 0 ? CgUpdate::kFirst
                   : last    ? CgUpdate::kLast
                             : CgUpdate::kStep);
  }
}

}  // namespace tidewright
