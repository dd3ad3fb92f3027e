#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/ials/cg_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/parallel.h"
#include "host/ials/cg_kernels-inl.h"
#include "host/ials/entry_pass.h"
#include "host/ials/half_solver.h"
#include "host/ials/padded_rows.h"
#include "host/ials/positive_entries.h"
#include "host/linalg/gemm.h"
#include "host/linalg/packed.h"

namespace tidewright {

HWY_EXPORT(CgPassKernel);
HWY_EXPORT(CgShiftKernel);
HWY_EXPORT(CgBeginKernel);
HWY_EXPORT(CgMoveKernel);
HWY_EXPORT(CgTurnKernel);
HWY_EXPORT(CgDotKernel);

namespace {

// Gathered rows of a batch, in floats: they stay in the second cache from pass to pass.
constexpr int64_t kBatchFloats = 192 * 1024;
// Up to so many factors the Gramian stays there, too, and a batch has as many rows as one step of
// the product takes; beyond, it comes from further away for every product, and a batch has all rows
// of the block.
constexpr int64_t kCachedFactors = 512;
constexpr int64_t kBatchRows = 8;
// A row is solved where its squared residual has fallen so far below the one it began with, or to a
// float's dust.
constexpr double kSolved = 1e-12;
constexpr double kDust = 1e-30;

// One row of a batch, and what it carries from step to step.
struct CgRow {
  int64_t row = 0;
  float shift = 0;    // its regularization
  double first = 0;   // the squared residual before the first step
  double square = 0;  // and as it stands
  bool open = true;
  IalsRowResult result;
};

// What a thread works with: vectors of a batch's rows, padded with zeros to the stride.
struct CgSpace {
  explicit CgSpace(int64_t stride)
      : x(static_cast<size_t>(kIalsBlockRows * stride), 0.0f), r(x), p(x), q(x) {}

  AlignedVector<float> x, r, p, q;
  std::vector<CgRow> rows;
};

class CgHalfSolver : public IalsHalfSolver {
 public:
  explicit CgHalfSolver(int64_t steps) : steps_(steps) {}

  void Begin(const IalsRowProblem& problem) override {
    problem_ = problem;
    fixed_.Set(problem.fixed, problem.rows.cols, problem.factors);
    gramian_.PackSymmetric(problem.factors, problem.base);
    spaces_.resize(static_cast<size_t>(NumThreads()));
  }

  IalsRowResult Solve(int64_t begin, int64_t end, int thread, float* x) override {
    std::unique_ptr<CgSpace>& space = spaces_[thread];
    if (!space) space = std::make_unique<CgSpace>(fixed_.stride());
    IalsRowResult sum;
    for (int64_t first = begin; first < end;) {
      const int64_t last = EndOfBatch(first, end);
      sum.Add(SolveBatch(first, last, space.get(), x + (first - begin) * problem_.factors));
      first = last;
    }
    return sum;
  }

 private:
  int64_t Entries(int64_t begin, int64_t end) const {
    return problem_.rows.offsets[end] - problem_.rows.offsets[begin];
  }
  bool Fits(int64_t begin, int64_t end) const {
    return Entries(begin, end) * fixed_.stride() <= kBatchFloats;
  }
  int64_t EndOfBatch(int64_t begin, int64_t end) const {
    if (problem_.factors > kCachedFactors) return end;
    end = std::min(end, begin + kBatchRows);
    int64_t last = std::min(begin + 1, end);
    while (last < end && Fits(begin, last + 1)) ++last;
    return last;
  }

  EntryPass PassOf(int64_t row, float target) const {
    const int64_t begin = problem_.rows.offsets[row];
    return {fixed_.data(),
            fixed_.stride(),
            problem_.rows.ids + begin,
            problem_.rows.values + begin,
            Entries(row, row + 1),
            problem_.scalars.alpha,
            target};
  }

  void TakeRows(int64_t begin, int64_t end, float* x, CgSpace* space) const {
    const int64_t f = problem_.factors;
    space->rows.clear();
    for (int64_t row = begin; row < end; ++row) {
      float* own = x + (row - begin) * f;
      const int64_t count = Entries(row, row + 1);
      if (!HasPositive(problem_.rows, row)) {
        std::fill(own, own + f, 0.0f);
        continue;
      }
      std::copy_n(own, f, space->x.data() + space->rows.size() * fixed_.stride());
      CgRow& taken = space->rows.emplace_back();
      taken.row = row;
      taken.shift = IalsRowRegularization(problem_.scalars, count, problem_.rows.cols);
    }
  }

  IalsRowResult SolveBatch(int64_t begin, int64_t end, CgSpace* space, float* x) const {
    const int64_t f = problem_.factors;
    TakeRows(begin, end, x, space);
    Residuals(space);
    for (int64_t step = 0; step < steps_; ++step) {
      if (std::none_of(space->rows.begin(), space->rows.end(),
                       [](const CgRow& row) { return row.open; })) {
        break;
      }
      Step(step + 1 == steps_, space);
    }
    IalsRowResult sum;
    for (size_t i = 0; i < space->rows.size(); ++i) {
      CgRow& row = space->rows[i];
      const float* own = space->x.data() + static_cast<int64_t>(i) * fixed_.stride();
      std::copy_n(own, f, x + (row.row - begin) * f);
      row.result.regularization = static_cast<double>(row.shift) *
                                  HWY_DYNAMIC_DISPATCH(CgDotKernel)(fixed_.stride(), own, own);
      sum.Add(row.result);
    }
    return sum;
  }

  // r = p = b - A x of every row, and its objective at x: sum c (<x, h> - p)^2 + <x, (alpha0 G +
  // lambda) x>.
  void Residuals(CgSpace* space) const {
    const int64_t stride = fixed_.stride();
    Multiply(space->x, space);
    for (size_t i = 0; i < space->rows.size(); ++i) {
      CgRow& row = space->rows[i];
      const int64_t at = static_cast<int64_t>(i) * stride;
      float* q = space->q.data() + at;
      row.result.loss =
          HWY_DYNAMIC_DISPATCH(CgShiftKernel)(stride, row.shift, space->x.data() + at, q);
      row.result.loss +=
          HWY_DYNAMIC_DISPATCH(CgPassKernel)(PassOf(row.row, 1.0f), space->x.data() + at, q);
      row.first = HWY_DYNAMIC_DISPATCH(CgBeginKernel)(stride, q, space->r.data() + at,
                                                      space->p.data() + at);
      row.square = row.first;
      row.open = !(row.first <= kDust);
    }
  }

  // One step of every open row. What only a further step needs is left out of the last.
  void Step(bool last, CgSpace* space) const {
    const int64_t stride = fixed_.stride();
    if (last) {
      MultiplyUpper(space);
    } else {
      Multiply(space->p, space);
    }
    for (size_t i = 0; i < space->rows.size(); ++i) {
      CgRow& row = space->rows[i];
      if (!row.open) continue;
      const int64_t at = static_cast<int64_t>(i) * stride;
      float* p = space->p.data() + at;
      float* q = space->q.data() + at;
      double curvature = HWY_DYNAMIC_DISPATCH(CgShiftKernel)(stride, row.shift, p, q);
      curvature += HWY_DYNAMIC_DISPATCH(CgPassKernel)(PassOf(row.row, 0.0f), p, last ? nullptr : q);
      if (!(curvature > 0)) {
        row.result.solved = row.open = false;
        continue;
      }
      // With <r, p> = <r, r>, the objective falls by the step times that.
      const double step = row.square / curvature;
      row.result.loss -= step * row.square;
      HWY_DYNAMIC_DISPATCH(CgMoveKernel)
      (stride, static_cast<float>(step), p, space->x.data() + at);
      if (last) continue;
      row.square = HWY_DYNAMIC_DISPATCH(CgTurnKernel)(stride, static_cast<float>(step), row.square,
                                                      q, space->r.data() + at, p);
      row.open = !(row.square <= std::max(kDust, kSolved * row.first));
    }
  }

  // q = v alpha0 G for the rows of the batch: one product.
  void Multiply(const AlignedVector<float>& v, CgSpace* space) const {
    GemmPacked(static_cast<int64_t>(space->rows.size()), v.data(), fixed_.stride(), gramian_,
               space->q.data(), fixed_.stride());
  }

  // q with <p, q> = <p, alpha0 G p>, which is all that the last step asks of it: by symmetry twice
  // the tiles above the diagonal and those on it, about half the product. Writes over r.
  void MultiplyUpper(CgSpace* space) const {
    const int64_t stride = fixed_.stride();
    const int64_t count = static_cast<int64_t>(space->rows.size());
    std::copy_n(space->p.data(), count * stride, space->r.data());
    for (int64_t first = 0; first < problem_.factors; first += kTile) {
      const int64_t last = std::min(problem_.factors, first + kTile);
      GemmPackedPart(count, space->r.data(), stride, gramian_,
                     {0, last, first / kTile, first / kTile + 1}, space->q.data() + first, stride);
      for (int64_t i = 0; i < count; ++i) {
        for (int64_t k = first; k < last; ++k) space->r[i * stride + k] *= 2.0f;
      }
    }
  }

  const int64_t steps_;
  IalsRowProblem problem_;
  PaddedRows fixed_;
  PackedMatrix gramian_;  // alpha0 times the fixed side's
  std::vector<std::unique_ptr<CgSpace>> spaces_;
};

}  // namespace

std::unique_ptr<IalsHalfSolver> MakeCgHalfSolver(int64_t steps) {
  return std::make_unique<CgHalfSolver>(steps);
}

}  // namespace tidewright
