#include "cuda/ials/row_engine.h"

#include <algorithm>
#include <string>
#include <vector>

#include "cuda/ials/accumulate.cuh"
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
  if (PartShared::Bytes(padded) > room || VectorShared::Bytes(padded, true) > room) {
    throw DeviceError("cuda:" + std::to_string(context.device()) + " has " + std::to_string(room) +
                      " bytes of shared memory a block, too few for " + std::to_string(padded) +
                      " factors; use fewer, or --device cpu");
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

RowEngine::RowEngine(const DeviceContext& context, const IalsConfig& config)
    : HalfEngine(context, config, config.factors),
      kernels_(tf32_ ? Tf32RowKernels() : Fp32RowKernels()),
      placement_(PlaceRows(context, padded_)),
      gramian_(context, TileStart(TileCount(padded_), 0)) {
  if (!placement_.fused) limits_.whole_length = 0;
  limits_.parts_at_once = MaxParts(factors_);
}

void RowEngine::Reserve(const DeviceRows& rows) {
  const int64_t parts = std::max(rows.bins.max_parts, rows.fixed_parts.size());
  if (parts <= slots_) return;
  // The old workspace goes first; its release comes after what is enqueued for it.
  part_tiles_ = {};
  part_right_ = {};
  part_squares_ = {};
  part_tiles_ = DeviceBuffer<float>(context_, parts * gramian_.size());
  part_right_ = DeviceBuffer<float>(context_, parts * padded_);
  part_squares_ = DeviceBuffer<double>(context_, parts);
  slots_ = parts;
}

PartialSums RowEngine::Sums() const {
  return {part_tiles_.data(), gramian_.size(), part_right_.data(), part_squares_.data()};
}

void RowEngine::Fix(const DeviceRows& rows, const FixedSide& table) {
  fixed_ = table.stored;
  RowProblem problem;
  problem.fixed = table.floats;
  problem.stride = padded_;
  problem.factors = static_cast<int>(factors_);
  problem.padded = padded_;
  problem.scalars = scalars_;
  // In fp32 whatever the precision: it is a small part of the work, and every row's A rests on it.
  const int64_t parts = rows.fixed_parts.size();
  Fp32RowKernels().accumulate_parts(context_, problem, rows.fixed_parts.data(), parts, Sums());
  LaunchSumParts(context_, Sums(), parts, gramian_.data());
}

void RowEngine::SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                           const SolvedSide& side) const {
  RowProblem problem = ProblemOf(rows, side);
  problem.gramian = gramian_.data();
  if (batch.whole_end > batch.whole_begin) {
    kernels_.solve_rows(context_, problem, rows.whole.data() + batch.whole_begin,
                        batch.whole_end - batch.whole_begin);
  }
  if (batch.split_end > batch.split_begin) {
    kernels_.accumulate_parts(context_, problem, rows.parts.data() + batch.part_begin,
                              batch.part_end - batch.part_begin, Sums());
    kernels_.solve_parts(context_, problem, rows.split.data() + batch.split_begin,
                         batch.split_end - batch.split_begin, Sums(), placement_.in_place);
  }
}

void RowEngine::FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                            const SolvedSide& side) const {
  SolveBatch(rows, batch, side);
}

AlignedVector<float> RowEngine::DownloadGramian() const {
  std::vector<float> tiles(static_cast<size_t>(gramian_.size()));
  gramian_.Download(tiles);
  const int f = static_cast<int>(factors_);
  AlignedVector<float> gramian(static_cast<size_t>(f) * static_cast<size_t>(f));
  for (int i = 0; i < f; ++i) {
    for (int j = 0; j <= i; ++j) {
      gramian[i * f + j] = gramian[j * f + i] = tiles[PackedElement(i, j)];
    }
  }
  return gramian;
}

}  // namespace tidewright
