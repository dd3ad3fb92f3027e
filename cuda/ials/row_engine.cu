#include <algorithm>
#include <string>
#include <vector>

#include "cuda/ials/accumulate.cuh"
#include "cuda/ials/row_engine.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

// The workspace of parts: enough to fill a large GPU several times over at any dimension.
constexpr int64_t kWorkspaceBytes = int64_t{512} << 20;
constexpr int64_t kFewestParts = 128;
constexpr int64_t kMostParts = 8192;

// Parts that a Gramian is summed from: about a block for each multiprocessor of a large GPU.
constexpr int64_t kGramianParts = 128;
constexpr int64_t kGramianPartRows = 512;

template <class T>
DeviceBuffer<T> MoveToDevice(const DeviceContext& context, std::vector<T>* source) {
  DeviceBuffer<T> buffer(context, std::span<const T>(*source));
  std::vector<T>().swap(*source);
  return buffer;
}

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

DeviceRows::DeviceRows(const DeviceContext& context, const CsrView& matrix,
                       const IalsScalars& scalars, const RowBinLimits& limits)
    : rows(matrix.rows), cols(matrix.cols), bins(BinRows(matrix, limits)) {
  const int64_t nnz = matrix.offsets[rows];
  std::vector<float> lambda(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    lambda[static_cast<size_t>(row)] =
        IalsRowRegularization(scalars, matrix.offsets[row + 1] - matrix.offsets[row], cols);
  }
  const auto size = [](int64_t count) { return static_cast<size_t>(count); };
  offsets = DeviceBuffer<int64_t>(context, std::span(matrix.offsets, size(rows + 1)));
  ids = DeviceBuffer<int32_t>(context, std::span(matrix.ids, size(nnz)));
  values = DeviceBuffer<float>(context, std::span(matrix.values, size(nnz)));
  regularization = MoveToDevice(context, &lambda);
  zero_rows = static_cast<int64_t>(bins.zero.size());
  zero = MoveToDevice(context, &bins.zero);
  whole = MoveToDevice(context, &bins.whole);
  split = MoveToDevice(context, &bins.split);
  parts = MoveToDevice(context, &bins.parts);
  std::vector<EntryRange> ranges = CutEvenly(cols, kGramianPartRows, kGramianParts);
  fixed_parts = MoveToDevice(context, &ranges);
}

int64_t RowEngine::PartBytes(int64_t factors) {
  const int padded = PaddedDimension(factors);
  return 4 * TileStart(TileCount(padded), 0) + 4 * int64_t{padded} + 8;
}

int64_t RowEngine::MaxParts(int64_t factors) {
  return std::clamp(kWorkspaceBytes / PartBytes(factors), kFewestParts, kMostParts);
}

RowEngine::RowEngine(const DeviceContext& context, int64_t factors, bool tf32,
                     const IalsScalars& scalars)
    : context_(context),
      kernels_(tf32 ? Tf32RowKernels() : Fp32RowKernels()),
      scalars_(scalars),
      factors_(static_cast<int>(factors)),
      padded_(PaddedDimension(factors)),
      placement_(PlaceRows(context, padded_)),
      gramian_(context, TileStart(TileCount(padded_), 0)) {
  if (!placement_.fused) limits_.whole_length = 0;
  limits_.parts_at_once = MaxParts(factors);
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

void RowEngine::Fix(const DeviceRows& rows, const DeviceBuffer<float>& table) {
  fixed_ = table.data();
  RowProblem problem;
  problem.fixed = fixed_;
  problem.factors = factors_;
  problem.padded = padded_;
  problem.scalars = scalars_;
  // In fp32 whatever the precision: it is a small part of the work, and every row's A rests on it.
  const int64_t parts = rows.fixed_parts.size();
  Fp32RowKernels().accumulate_parts(context_, problem, rows.fixed_parts.data(), parts, Sums());
  LaunchSumParts(context_, Sums(), parts, gramian_.data());
}

RowProblem RowEngine::ProblemOf(const DeviceRows& rows, bool penalty, DeviceBuffer<float>* solution,
                                DeviceBuffer<double>* share) const {
  RowProblem problem;
  problem.offsets = rows.offsets.data();
  problem.ids = rows.ids.data();
  problem.values = rows.values.data();
  problem.regularization = rows.regularization.data();
  problem.fixed = fixed_;
  problem.gramian = gramian_.data();
  problem.solution = solution->data();
  problem.share = share->data();
  problem.share_is_penalty = penalty;
  problem.factors = factors_;
  problem.padded = padded_;
  problem.scalars = scalars_;
  return problem;
}

void RowEngine::SolveBatch(const DeviceRows& rows, const RowBatch& batch, bool penalty,
                           DeviceBuffer<float>* solution, DeviceBuffer<double>* share) const {
  const RowProblem problem = ProblemOf(rows, penalty, solution, share);
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

void RowEngine::ClearZeroRows(const DeviceRows& rows, DeviceBuffer<float>* solution,
                              DeviceBuffer<double>* share) const {
  LaunchClearRows(context_, ProblemOf(rows, false, solution, share), rows.zero.data(),
                  rows.zero_rows);
}

}  // namespace tidewright
