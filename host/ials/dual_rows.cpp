#include "host/ials/dual_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/core/parallel.h"
#include "host/linalg/eigen.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"

namespace tidewright {
namespace {

constexpr int64_t StrideOf(int64_t factors) { return (factors + 15) / 16 * 16; }

// The longest row that is taken: where both ways were measured to take the same time. Below 16
// factors neither gains.
constexpr int64_t LongestRow(int64_t factors) {
  return factors < 16 ? 0 : factors < 32 ? factors / 2 : factors * 3 / 4;
}

// The largest ratio of D_u's diagonal entries.
constexpr double kLargestCondition = 1e6;

}  // namespace

bool DualRows::Takes(int64_t entries, int64_t factors) { return entries <= LongestRow(factors); }

bool DualRows::Pays(const CsrView& rows, int64_t factors) {
  const double f = static_cast<double>(factors);
  double saved = 0;
  for (int64_t row = 0; row < rows.rows; ++row) {
    const int64_t entries = rows.offsets[row + 1] - rows.offsets[row];
    if (entries == 0 || !Takes(entries, factors)) continue;
    const double n = static_cast<double>(entries);
    saved += n * f * f + f * f * f / 3 - n * n * f - n * n * n / 3 - 2 * f * f;
  }
  // The rotation of the fixed rows, and the eigendecomposition at what it reaches of the speed of
  // the rest.
  return saved > 2 * static_cast<double>(rows.cols) * f * f + 50 * f * f * f;
}

int64_t DualRows::SharedBytes(int64_t fixed_rows, int64_t factors) {
  // While it is made: the double matrix and LAPACK's workspace of twice that; then Q and the
  // rotated rows.
  return std::max(24 * factors * factors, 4 * fixed_rows * StrideOf(factors)) +
         4 * factors * factors;
}

DualRows::Workspace::Workspace(int64_t factors)
    : panel(static_cast<size_t>(RowPanelFloats(LongestRow(factors), factors))),
      packed(static_cast<size_t>(PackedFloats(std::max<int64_t>(LongestRow(factors), 1))), 0.0f),
      work(static_cast<size_t>(3 * kTile * TilesOf(std::max<int64_t>(LongestRow(factors), 1)))),
      row_scale(static_cast<size_t>(LongestRow(factors))),
      target(static_cast<size_t>(LongestRow(factors))),
      solution(static_cast<size_t>(LongestRow(factors))),
      column_scale(static_cast<size_t>(RowPanelStride(factors)), 0.0f),
      rotated(static_cast<size_t>(kIalsBlockRows * StrideOf(factors))),
      block(static_cast<size_t>(kIalsBlockRows * factors)) {}

DualRows::DualRows(const IalsRowProblem& problem)
    : problem_(problem),
      stride_(StrideOf(problem.factors)),
      rotated_(static_cast<size_t>(problem.rows.cols * stride_), 0.0f) {
  const int64_t f = problem.factors;
  const SymmetricEigen eigen = DecomposeSymmetric(f, problem.base);
  // Rounding may leave an eigenvalue a little below zero.
  smallest_ = std::max(eigen.values.front(), 0.0);
  largest_ = std::max(eigen.values.back(), 0.0);
  spectrum_.assign(static_cast<size_t>(stride_), std::numeric_limits<float>::infinity());
  for (int64_t k = 0; k < f; ++k) {
    spectrum_[k] = static_cast<float>(std::max(eigen.values[k], 0.0));
  }
  back_.PackTransposed(f, f, eigen.vectors.data(), f);
  PackedMatrix forward;
  forward.Pack(f, f, eigen.vectors.data(), f);
  constexpr int64_t kStrip = 64;
  ParallelRanges(problem.rows.cols, kStrip, [&](int64_t begin, int64_t end, int) {
    GemmPacked(end - begin, problem.fixed + begin * f, f, forward,
               rotated_.data() + begin * stride_, stride_);
  });
}

bool DualRows::CanSolve(float regularization) const {
  const double smallest = smallest_ + static_cast<double>(regularization);
  const double largest = largest_ + static_cast<double>(regularization);
  return smallest > 0 && largest < kLargestCondition * smallest;
}

GatherAhead DualRows::GatherOf(int64_t row) const {
  const CsrView& rows = problem_.rows;
  return {rotated_.data(), rows.ids + rows.offsets[row], rows.offsets[row + 1] - rows.offsets[row],
          stride_};
}

IalsRowResult DualRows::SolveRotated(int64_t row, float regularization, int64_t slot,
                                     const GatherAhead& next, Workspace* workspace) const {
  const int64_t f = problem_.factors;
  const int64_t begin = problem_.rows.offsets[row];
  const int64_t count = problem_.rows.offsets[row + 1] - begin;
  if (workspace->column_regularization != regularization) {
    InverseRoots(spectrum_.data(), stride_, regularization, workspace->column_scale.data());
    workspace->column_regularization = regularization;
  }
  for (int64_t k = 0; k < count; ++k) {
    const float value = problem_.rows.values[begin + k];
    workspace->row_scale[k] = std::sqrt(IalsConfidence(problem_.scalars, value));
    workspace->target[k] = workspace->row_scale[k] * IalsPreference(value);
  }
  GatherRows(rotated_.data(), stride_, f, problem_.rows.ids + begin, count,
             workspace->row_scale.data(), workspace->column_scale.data(), workspace->panel.data());
  RowGram(workspace->panel.data(), f, count, workspace->packed.data(), next);
  IalsRowResult result;
  result.solved = CholeskySolve(count, workspace->packed.data(), 1.0f, workspace->target.data(),
                                workspace->solution.data(), workspace->work.data());
  if (!result.solved) return result;
  float* y = workspace->rotated.data() + slot * stride_;
  const float norm = CombineRows(workspace->panel.data(), f, count, workspace->solution.data(),
                                 workspace->column_scale.data(), y);
  // sum c p^2 - <b, x> = s^T s - s^T (K - I) z = s^T z for s = C^(1/2) p, K z = s.
  for (int64_t k = 0; k < count; ++k) {
    result.loss +=
        static_cast<double>(workspace->target[k]) * static_cast<double>(workspace->solution[k]);
  }
  result.regularization = static_cast<double>(regularization) * static_cast<double>(norm);
  return result;
}

void DualRows::RotateBack(int64_t slots, Workspace* workspace) const {
  const int64_t f = problem_.factors;
  GemmPacked(slots, workspace->rotated.data(), stride_, back_, workspace->block.data(), f);
}

}  // namespace tidewright
