#include "cuda/ials/ialspp_engine.h"

#include <algorithm>
#include <vector>

#include "cuda/core/kernel_clock.h"
#include "cuda/ials/accumulate.cuh"
#include "cuda/ials/row_engine.h"
#include "cuda/linalg/gemm.h"

namespace tidewright {
namespace {

// The vectors of a batch; few enough rows that the stop flag is read often.
constexpr int64_t kSweepBytes = int64_t{512} << 20;
constexpr int64_t kMostSweptRows = 16384;

// A larger buffer, the old one gone first: its release comes after what is enqueued for it.
template <class T>
void Grow(const DeviceContext& context, int64_t size, DeviceBuffer<T>* buffer) {
  if (size <= buffer->size()) return;
  *buffer = {};
  *buffer = DeviceBuffer<T>(context, size);
}

}  // namespace

RowBinLimits IalsppEngine::LimitsOf(const TableLayout& layout) {
  RowBinLimits limits;
  limits.rows_at_once =
      std::clamp<int64_t>(kSweepBytes / (8 * layout.padded()), 256, kMostSweptRows);
  limits.parts_at_once = RowEngine::MaxParts(layout.block);
  return limits;
}

int64_t IalsppEngine::WorkspaceBytes(const TableLayout& layout, int64_t entries, int64_t places,
                                     int64_t parts) {
  const int64_t padded = layout.padded();
  const int64_t block_floats = TileStart(TileCount(layout.padded_block()), 0);
  return 4 * layout.blocks() * block_floats + 4 * entries +
         places * 4 * (2 * padded + layout.padded_block()) +
         parts * RowEngine::PartBytes(layout.block);
}

IalsppEngine::IalsppEngine(const DeviceContext& context, const IalsConfig& config)
    : HalfEngine(context, config, IalsBlockSize(config)),
      kernels_(tf32_ ? Tf32IalsppKernels() : Fp32IalsppKernels()),
      block_width_(layout_.padded_block()),
      placement_(PlaceRows(context, block_width_)),
      blocks_(context, layout_.blocks() * TileStart(TileCount(block_width_), 0)) {
  limits_ = LimitsOf(layout_);
  if (!placement_.fused) limits_.whole_length = 0;
}

void IalsppEngine::Reserve(const DeviceRows& rows) {
  Grow(context_, rows.max_places * padded_, &x_);
  Grow(context_, rows.max_places * padded_, &product_);
  Grow(context_, rows.max_places * block_width_, &move_);
  Grow(context_, rows.max_entries, &predictions_);
  const int64_t parts = rows.bins.max_parts;
  Grow(context_, parts * TileStart(TileCount(block_width_), 0), &part_tiles_);
  Grow(context_, parts * block_width_, &part_right_);
  Grow(context_, parts, &part_squares_);
}

void IalsppEngine::ReserveFoldIn(const DeviceRows& rows) {
  if (!fold_in_) fold_in_ = std::make_unique<CgEngine>(context_, config_, layout_.block);
  fold_in_->Reserve(rows);
}

void IalsppEngine::Fix(const void* table, const float* gramian) {
  HalfEngine::Fix(table, gramian);
  LaunchPackBlocks(context_, gramian, padded_, block_width_, blocks_.data());
}

PartialSums IalsppEngine::Sums() const {
  return {part_tiles_.data(), TileStart(TileCount(block_width_), 0), part_right_.data(),
          part_squares_.data()};
}

IalsppProblem IalsppEngine::ProblemOfBlock(const IalsppProblem& whole, int block) const {
  IalsppProblem problem = whole;
  problem.first = block * block_width_;
  problem.rows.fixed = static_cast<const char*>(fixed_) + problem.first * BytesOf(storage_);
  problem.rows.gramian = blocks_.data() + block * TileStart(TileCount(block_width_), 0);
  problem.rows.predictions = whole.predictions;
  problem.rows.factors =
      static_cast<int>(std::min(layout_.block, factors_ - block * layout_.block));
  problem.rows.padded = block_width_;
  return problem;
}

void IalsppEngine::SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                              const SolvedSide& side) const {
  IalsppProblem whole;
  whole.rows = ProblemOf(rows, side);
  whole.width = padded_;
  whole.table = fixed_;
  whole.x = x_.data();
  whole.product = product_.data();
  whole.move = move_.data();
  whole.predictions = predictions_.data() - rows.EntriesOf(batch).begin;
  const bool split = batch.split_end > batch.split_begin;
  const int64_t parts = batch.part_end - batch.part_begin;
  if (split) {
    whole.split = rows.split.data() + batch.split_begin;
    whole.parts = rows.parts.data() + batch.part_begin;
    whole.owners = rows.owners.data() + batch.part_begin;
    whole.places = batch.split_end - batch.split_begin;
  } else {
    whole.whole = rows.whole.data() + batch.whole_begin;
    whole.places = batch.whole_end - batch.whole_begin;
  }
  const SolvedWork work = WorkOf(rows, batch);
  const double width = static_cast<double>(layout_.block);
  const double share = 1.0 / layout_.blocks();
  const auto product = [&](double times) {
    return [&work, times] { return std::vector{Times(times, ProductCost(work))}; };
  };
  const auto gather = [&] { return Times(share, IalsppGatherCost(work, width)); };
  const auto solve = [&] { return Times(share, IalsppSolveCost(work, width)); };
  {
    const KernelRange range(context_, "predict",
                            [&] { return std::vector{IalsppPredictCost(work)}; });
    LaunchIalsppLoad(context_, whole);
    LaunchIalsppPredict(context_, whole, split ? parts : whole.places);
  }
  const RowKernels& sums = tf32_ ? Tf32RowKernels() : Fp32RowKernels();
  for (int block = 0; block < layout_.blocks(); ++block) {
    const IalsppProblem problem = ProblemOfBlock(whole, block);
    {
      const KernelRange range(context_, "product", product(share));
      MultiplyRows(context_, tf32_, scalars_.unobserved_weight, problem.x, problem.places, padded_,
                   {gramian_ + problem.first, block_width_, padded_}, problem.product);
    }
    if (split) {
      {
        const KernelRange range(context_, "gather, long rows",
                                [&] { return std::vector{gather()}; });
        sums.accumulate_parts(context_, problem.rows, problem.parts, parts, Sums());
      }
      const KernelRange range(context_, "solve, long rows", [&] { return std::vector{solve()}; });
      kernels_.solve_parts(context_, problem, Sums(), placement_.in_place);
      LaunchIalsppMoveParts(context_, problem, parts);
    } else {
      const KernelRange range(context_, "gather and solve", [&] {
        return std::vector{gather(), solve()};
      });
      kernels_.solve_rows(context_, problem);
    }
  }
  if (!side.penalty) {
    const KernelRange range(context_, "product", product(1));
    MultiplyRows(context_, tf32_, scalars_.unobserved_weight, whole.x, whole.places, padded_,
                 {gramian_, padded_, padded_}, whole.product);
  }
  LaunchIalsppFinish(context_, whole);
}

void IalsppEngine::FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                               const SolvedSide& side) const {
  fold_in_->Fix(fixed_, gramian_);
  fold_in_->FoldInBatch(rows, batch, side);
}

}  // namespace tidewright
