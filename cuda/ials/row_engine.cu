#include "cuda/ials/row_engine.h"

#include <algorithm>
#include <string>
#include <vector>

#include "cuda/core/kernel_clock.h"
#include "cuda/ials/accumulate.cuh"
#include "cuda/ials/ialspp_launch.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

// The workspace of parts: enough to fill a large GPU several times over at any dimension.
constexpr int64_t kWorkspaceBytes = int64_t{512} << 20;
constexpr int64_t kFewestParts = 128;
constexpr int64_t kMostParts = 8192;

}  // namespace

RowPlacement PlaceRows(const DeviceContext& context, int padded) {
  const int64_t room = context.max_shared_bytes();
  if (PartShared::Bytes(StagedColumns(padded)) > room || VectorShared::Bytes(padded, true) > room) {
    throw DeviceError("cuda:" + std::to_string(context.device()) + " has " + std::to_string(room) +
                      " bytes of shared memory a block, too few to gather " +
                      std::to_string(padded) +
                      " factors of a row at once; use fewer, or --device cpu");
  }
  return {padded <= kMaxFusedFactors && SolveShared::Bytes(padded) <= room,
          VectorShared::Bytes(padded, false) > room};
}

int64_t RowEngine::PartBytes(int64_t factors) {
  const int padded = PaddedDimension(factors);
  return 4 * TileStart(TileCount(padded), 0) + 4 * int64_t{padded} + 8;
}

int64_t RowEngine::MaxParts(int64_t factors) {
  return std::clamp(kWorkspaceBytes / PartBytes(factors), kFewestParts, kMostParts);
}

RowBinLimits RowEngine::LimitsOf(int64_t factors) {
  RowBinLimits limits;
  limits.parts_at_once = MaxParts(factors);
  return limits;
}

RowEngine::RowEngine(const DeviceContext& context, const IalsConfig& config)
    : HalfEngine(context, config, config.factors),
      kernels_(tf32_ ? Tf32RowKernels() : Fp32RowKernels()),
      placement_(PlaceRows(context, padded_)),
      packed_gramian_(context, TileStart(TileCount(padded_), 0)) {
  limits_ = LimitsOf(factors_);
  if (!placement_.fused) limits_.whole_length = 0;
}

void RowEngine::Reserve(const DeviceRows& rows) {
  const int64_t parts = rows.bins.max_parts;
  if (parts <= slots_) return;
  // The old workspace goes first; its release comes after what is enqueued for it.
  part_tiles_ = {};
  part_right_ = {};
  part_squares_ = {};
  part_tiles_ = DeviceBuffer<float>(context_, parts * packed_gramian_.size());
  part_right_ = DeviceBuffer<float>(context_, parts * padded_);
  part_squares_ = DeviceBuffer<double>(context_, parts);
  slots_ = parts;
}

PartialSums RowEngine::Sums() const {
  return {part_tiles_.data(), packed_gramian_.size(), part_right_.data(), part_squares_.data()};
}

void RowEngine::Fix(const void* table, const float* gramian) {
  HalfEngine::Fix(table, gramian);
  LaunchPackBlocks(context_, gramian, padded_, padded_, packed_gramian_.data());
}

void RowEngine::Solve(const RowKernels& kernels, const DeviceRows& rows, const RowBatch& batch,
                      const SolvedSide& side) const {
  RowProblem problem = ProblemOf(rows, side);
  problem.gramian = packed_gramian_.data();
  const SolvedWork work = WorkOf(rows, batch);
  if (batch.whole_end > batch.whole_begin) {
    const KernelRange range(context_, "gather and solve", [&] {
      return std::vector{CholeskyGatherCost(work), CholeskySolveCost(work)};
    });
    kernels.solve_rows(context_, problem, rows.whole.data() + batch.whole_begin,
                       batch.whole_end - batch.whole_begin);
  }
  if (batch.split_end > batch.split_begin) {
    {
      const KernelRange range(context_, "gather, long rows",
                              [&] { return std::vector{CholeskyGatherCost(work)}; });
      kernels.accumulate_parts(context_, problem, rows.parts.data() + batch.part_begin,
                               batch.part_end - batch.part_begin, Sums());
    }
    const KernelRange range(context_, "solve, long rows",
                            [&] { return std::vector{CholeskySolveCost(work)}; });
    kernels.solve_parts(context_, problem, rows.split.data() + batch.split_begin,
                        batch.split_end - batch.split_begin, Sums(), placement_.in_place);
  }
}

void RowEngine::SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                           const SolvedSide& side) const {
  Solve(kernels_, rows, batch, side);
}

void RowEngine::FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                            const SolvedSide& side) const {
  Solve(Fp32RowKernels(), rows, batch, side);
}

}  // namespace tidewright
