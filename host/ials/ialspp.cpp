#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/ials/ialspp_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/parallel.h"
#include "host/ials/block_basis.h"
#include "host/ials/entry_pass.h"
#include "host/ials/half_solver.h"
#include "host/ials/ialspp_kernels-inl.h"
#include "host/ials/padded_rows.h"
#include "host/ials/positive_entries.h"
#include "host/linalg/gemm.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"

namespace tidewright {

HWY_EXPORT(FirstErrorsKernel);
HWY_EXPORT(PanelErrorsKernel);
HWY_EXPORT(IalsppDotKernel);

namespace {

// A block of factors [first, first + width), and the columns of the packed Gramian that cover it.
struct FactorBlock {
  int64_t index = 0;
  int64_t first = 0;
  int64_t width = 0;
  AlignedVector<float> base;  // alpha0 times the block of the Gramian, packed

  int64_t begin_tile() const { return first / kTile; }
  int64_t end_tile() const { return TilesOf(first + width); }
  int64_t offset() const { return first - begin_tile() * kTile; }  // of the block in these columns
};

// One row of a block of rows.
struct SweptRow {
  int64_t row = 0;
  int64_t entry = 0;  // where its entries begin among those of the block of rows
  int64_t count = 0;
  float shift = 0;  // its regularization
  double unobserved = 0;
  bool solved = true;
};

// What a thread works with.
struct SweepSpace {
  SweepSpace(int64_t stride, int64_t block)
      : columns((TilesOf(block) + 1) * kTile),
        x(static_cast<size_t>(kIalsBlockRows * stride), 0.0f),
        outside(x.size(), 0.0f),
        left(static_cast<size_t>(kIalsBlockRows * columns)),
        right(left.size()),
        packed(static_cast<size_t>(PackedFloats(block))),
        panel(static_cast<size_t>(PanelFloats(block)), 0.0f),
        work(static_cast<size_t>(3 * kTile * TilesOf(block))),
        short_rows(static_cast<size_t>(RowPanelFloats(block, block))),
        column_scale(static_cast<size_t>(RowPanelStride(block)), 0.0f),
        weights(static_cast<size_t>(block)),
        gradient(static_cast<size_t>(block)),
        rhs(static_cast<size_t>(block)),
        move(static_cast<size_t>(RowPanelStride(TilesOf(block) * kTile)), 0.0f) {}

  const int64_t columns;             // of left and right
  AlignedVector<float> x;            // the rows' factors, padded with zeros to the stride
  AlignedVector<float> outside;      // the same out of the basis, where there is one
  AlignedVector<float> left, right;  // x alpha0 G of the blocks before, and from the block on
  AlignedVector<float> packed, panel, work;
  AlignedVector<float> short_rows, column_scale, weights;
  std::vector<double> gradient;
  AlignedVector<float> rhs, move;
  AlignedVector<float> scale, error;  // of the entries of the block of rows
  std::vector<SweptRow> rows;
};

class IalsppHalfSolver : public IalsHalfSolver {
 public:
  explicit IalsppHalfSolver(int64_t block) : block_(block) {}

  void Begin(const IalsRowProblem& problem) override {
    problem_ = problem;
    basis_.reset();
    const float* base = problem.base;
    if (BlockBasis::Pays(problem.rows, problem.factors, block_) && IsFinite(problem)) {
      basis_ = std::make_unique<BlockBasis>(problem, block_);
      base = basis_->gramian();
      fixed_.Set(basis_->rows(), problem.rows.cols, basis_->stride());
    } else {
      fixed_.Set(problem.fixed, problem.rows.cols, problem.factors);
    }
    gramian_.PackSymmetric(problem.factors, base);
    blocks_.resize(static_cast<size_t>((problem.factors + block_ - 1) / block_));
    ParallelBlocks(static_cast<int64_t>(blocks_.size()), [&](int64_t index, int) {
      FactorBlock& block = blocks_[index];
      block.index = index;
      block.first = index * block_;
      block.width = std::min(block_, problem.factors - block.first);
      block.base.assign(static_cast<size_t>(PackedFloats(block.width)), 0.0f);
      for (int64_t j = 0; j < block.width; ++j) {
        for (int64_t i = 0; i <= j; ++i) {
          block.base[PackedIndex(i, j)] = base[PackedIndex(block.first + i, block.first + j)];
        }
      }
    });
    spaces_.resize(static_cast<size_t>(NumThreads()));
  }

  IalsRowResult Solve(int64_t begin, int64_t end, int thread, float* x) override {
    std::unique_ptr<SweepSpace>& space = spaces_[thread];
    if (!space) space = std::make_unique<SweepSpace>(fixed_.stride(), block_);
    TakeRows(begin, end, x, space.get());
    FirstErrors(begin, end, space.get());
    for (const FactorBlock& block : blocks_) Sweep(block, space.get());
    const int64_t count = static_cast<int64_t>(space->rows.size());
    if (basis_) basis_->Leave(count, space->x.data(), space->outside.data());
    const float* solved = (basis_ ? space->outside : space->x).data();
    IalsRowResult sum;
    for (int64_t i = 0; i < count; ++i) {
      const SweptRow& row = space->rows[i];
      std::copy_n(solved + i * fixed_.stride(), problem_.factors,
                  x + (row.row - begin) * problem_.factors);
      sum.Add(ResultOf(row, space->x.data() + i * fixed_.stride(), *space));
    }
    return sum;
  }

 private:
  void TakeRows(int64_t begin, int64_t end, float* x, SweepSpace* space) const {
    const int64_t f = problem_.factors;
    const int64_t* offsets = problem_.rows.offsets;
    AlignedVector<float>& taken_x = basis_ ? space->outside : space->x;
    space->rows.clear();
    for (int64_t row = begin; row < end; ++row) {
      float* own = x + (row - begin) * f;
      const int64_t count = offsets[row + 1] - offsets[row];
      if (!HasPositive(problem_.rows, row)) {
        std::fill(own, own + f, 0.0f);
        continue;
      }
      std::copy_n(own, f,
                  taken_x.data() + static_cast<int64_t>(space->rows.size()) * fixed_.stride());
      SweptRow& taken = space->rows.emplace_back();
      taken.row = row;
      taken.entry = offsets[row] - offsets[begin];
      taken.count = count;
      taken.shift = IalsRowRegularization(problem_.scalars, count, problem_.rows.cols);
    }
    if (basis_) {
      basis_->Enter(static_cast<int64_t>(space->rows.size()), taken_x.data(), space->x.data());
    }
  }

  // The one pass over whole gathered rows; from here on predictions are kept.
  void FirstErrors(int64_t begin, int64_t end, SweepSpace* space) const {
    const CsrView& rows = problem_.rows;
    const int64_t entries = rows.offsets[end] - rows.offsets[begin];
    if (static_cast<int64_t>(space->error.size()) < entries) {
      space->error.resize(static_cast<size_t>(entries));
      space->scale.resize(static_cast<size_t>(entries));
    }
    for (size_t i = 0; i < space->rows.size(); ++i) {
      const SweptRow& row = space->rows[i];
      const int64_t first = rows.offsets[row.row];
      const EntryPass pass{fixed_.data(),
                           fixed_.stride(),
                           rows.ids + first,
                           rows.values + first,
                           row.count,
                           problem_.scalars.alpha,
                           1.0f};
      HWY_DYNAMIC_DISPATCH(FirstErrorsKernel)
      (pass, space->x.data() + static_cast<int64_t>(i) * fixed_.stride(),
       space->scale.data() + row.entry, space->error.data() + row.entry);
    }
  }

  // One block of every row: x alpha0 G by a product for all, then row by row.
  void Sweep(const FactorBlock& block, SweepSpace* space) const {
    const int64_t count = static_cast<int64_t>(space->rows.size());
    const int64_t stride = fixed_.stride();
    const int64_t tiles = block.end_tile();
    GemmPackedPart(count, space->x.data(), stride, gramian_,
                   {0, block.first, block.begin_tile(), tiles}, space->left.data(), space->columns);
    GemmPackedPart(count, space->x.data() + block.first, stride, gramian_,
                   {block.first, problem_.factors, block.begin_tile(), tiles}, space->right.data(),
                   space->columns);
    // What a wider block left beyond this one's last column must not reach its equations.
    if (block.width % kTile != 0) std::fill(space->panel.begin(), space->panel.end(), 0.0f);
    for (int64_t i = 0; i < count; ++i) SolveBlock(block, i, space);
    // <x, alpha0 G x> block by block: what was before a block is final when it is swept.
    GemmPackedPart(count, space->x.data() + block.first, stride, gramian_,
                   {block.first, block.first + block.width, block.begin_tile(), tiles},
                   space->right.data(), space->columns);
    for (int64_t i = 0; i < count; ++i) {
      const float* own = space->x.data() + i * stride + block.first;
      const int64_t at = i * space->columns + block.offset();
      for (int64_t k = 0; k < block.width; ++k) {
        space->rows[i].unobserved +=
            static_cast<double>(own[k]) * (static_cast<double>(space->right[at + k]) +
                                           2.0 * static_cast<double>(space->left[at + k]));
      }
    }
  }

  // A move of x[block] to where the row's gradient there is 0.
  void SolveBlock(const FactorBlock& block, int64_t index, SweepSpace* space) const {
    SweptRow& row = space->rows[index];
    float* own = space->x.data() + index * fixed_.stride() + block.first;
    const int64_t at = index * space->columns + block.offset();
    for (int64_t k = 0; k < block.width; ++k) {
      space->gradient[k] = -static_cast<double>(space->left[at + k] + space->right[at + k]) -
                           static_cast<double>(row.shift) * static_cast<double>(own[k]);
    }
    if (IsShort(block, row)) {
      SolveShort(block, index, own, space);
      return;
    }
    const float* base = block.base.data();
    for (int64_t first = 0; first < row.count; first += kPanelRows) {
      const int64_t count = GatherChunk(block, row, first, space->gradient.data(), space);
      SyrkPanel(block.width, space->panel.data(), count, base, space->packed.data(),
                NextGather(block, index, first + count, *space));
      base = space->packed.data();
    }
    for (int64_t k = 0; k < block.width; ++k) {
      space->rhs[k] = static_cast<float>(space->gradient[k]);
    }
    if (!CholeskySolve(block.width, space->packed.data(), row.shift, space->rhs.data(),
                       space->move.data(), space->work.data())) {
      row.solved = false;
      return;
    }
    for (int64_t k = 0; k < block.width; ++k) own[k] += space->move[k];
    for (int64_t first = 0; first < row.count; first += kPanelRows) {
      const int64_t count = row.count <= kPanelRows
                                ? row.count  // still in the panel
                                : GatherChunk(block, row, first, nullptr, space);
      HWY_DYNAMIC_DISPATCH(PanelErrorsKernel)
      (TilesOf(block.width), space->panel.data(), count, space->move.data(),
       space->error.data() + row.entry + first);
    }
  }

  bool IsShort(const FactorBlock& block, const SweptRow& row) const {
    return basis_ && BlockBasis::Takes(row.count, block_) && row.count < block.width &&
           basis_->CanSolve(block.index, row.shift);
  }

  // The same through the system of its entries (block_basis.h): v is one more row of the panel, so
  // that its products with the others are T v, and the move is what all of them make together.
  void SolveShort(const FactorBlock& block, int64_t index, float* own, SweepSpace* space) const {
    SweptRow& row = space->rows[index];
    const int64_t n = row.count;
    const int64_t width = block.width;
    const int64_t stride = RowPanelStride(width);
    InverseRoots(basis_->spectrum(block.index), (width + 15) / 16 * 16, row.shift,
                 space->column_scale.data());
    float* panel = space->short_rows.data();
    GatherRows(fixed_.data() + block.first, fixed_.stride(), width,
               problem_.rows.ids + problem_.rows.offsets[row.row], n,
               space->scale.data() + row.entry, space->column_scale.data(), panel);
    float* v = panel + n * stride;
    for (int64_t k = 0; k < width; ++k) {
      v[k] = static_cast<float>(space->gradient[k]) * space->column_scale[k];
    }
    std::fill(v + width, v + stride, 0.0f);
    float* packed = space->packed.data();
    RowGram(panel, width, n + 1, packed, NextGather(block, index, n, *space));
    float* error = space->error.data() + row.entry;
    for (int64_t k = 0; k < n; ++k) {
      float& product = packed[PackedIndex(k, n)];
      space->rhs[k] = error[k] - product;
      product = 0.0f;
    }
    std::fill_n(packed + PackedIndex(n, n / kTile * kTile), kTile, 0.0f);
    if (!CholeskySolve(n, packed, 1.0f, space->rhs.data(), space->weights.data(),
                       space->work.data())) {
      row.solved = false;
      return;
    }
    std::copy_n(space->weights.data(), n, error);
    space->weights[n] = 1.0f;
    CombineRows(panel, width, n + 1, space->weights.data(), space->column_scale.data(),
                space->move.data());
    for (int64_t k = 0; k < width; ++k) own[k] += space->move[k];
  }

  // Up to kPanelRows of a row's entries into the panel, scaled; returns how many. Adds the block of
  // their gradient to `gradient`, where given.
  int64_t GatherChunk(const FactorBlock& block, const SweptRow& row, int64_t first,
                      double* gradient, SweepSpace* space) const {
    const int64_t count = std::min(kPanelRows, row.count - first);
    GatherPanel(fixed_.data() + block.first, block.width,
                problem_.rows.ids + problem_.rows.offsets[row.row] + first, count,
                space->scale.data() + row.entry + first,
                gradient == nullptr ? nullptr : space->error.data() + row.entry + first,
                space->panel.data(), gradient, fixed_.stride());
    return count;
  }

  // What is gathered after the entries before `first` of a row: its next chunk, or the next row's
  // first.
  GatherAhead NextGather(const FactorBlock& block, int64_t index, int64_t first,
                         const SweepSpace& space) const {
    if (first == space.rows[index].count) {
      if (index + 1 == static_cast<int64_t>(space.rows.size())) return {};
      ++index;
      first = 0;
    }
    const SweptRow& row = space.rows[index];
    return {fixed_.data() + block.first, problem_.rows.ids + problem_.rows.offsets[row.row] + first,
            std::min(kPanelRows, row.count - first), fixed_.stride()};
  }

  IalsRowResult ResultOf(const SweptRow& row, const float* x, const SweepSpace& space) const {
    IalsRowResult result;
    result.solved = row.solved;
    result.regularization = static_cast<double>(row.shift) *
                            HWY_DYNAMIC_DISPATCH(IalsppDotKernel)(fixed_.stride(), x, x);
    result.loss = row.unobserved + result.regularization;
    for (int64_t k = row.entry; k < row.entry + row.count; ++k) {
      result.loss += static_cast<double>(space.error[k]) * static_cast<double>(space.error[k]);
    }
    return result;
  }

  const int64_t block_;
  IalsRowProblem problem_;
  std::unique_ptr<BlockBasis> basis_;  // rows and factors below are in it
  PaddedRows fixed_;
  PackedMatrix gramian_;  // alpha0 times the fixed side's
  std::vector<FactorBlock> blocks_;
  std::vector<std::unique_ptr<SweepSpace>> spaces_;
};

}  // namespace

std::unique_ptr<IalsHalfSolver> MakeIalsppHalfSolver(int64_t block) {
  return std::make_unique<IalsppHalfSolver>(block);
}

}  // namespace tidewright
