#include "host/ials/row_solver.h"

#include <algorithm>
#include <cmath>

#include "host/ials/positive_entries.h"
#include "host/linalg/packed.h"

namespace tidewright {

IalsScalars ScalarsOf(const IalsConfig& config) {
  return {static_cast<float>(config.alpha), static_cast<float>(config.unobserved_weight),
          config.regularization, config.frequency_exponent};
}

bool IsFinite(const IalsRowProblem& problem) {
  for (int64_t k = 0; k < problem.factors; ++k) {
    if (!std::isfinite(problem.base[PackedIndex(k, k)])) return false;
  }
  return true;
}

IalsRowSolver::IalsRowSolver(int64_t factors)
    : packed_(static_cast<size_t>(PackedFloats(factors))),
      panel_(static_cast<size_t>(PanelFloats(factors)), 0.0f),
      work_(static_cast<size_t>(3 * kTile * TilesOf(factors))),
      rhs_(static_cast<size_t>(factors)),
      sum_(static_cast<size_t>(factors)) {}

GatherAhead IalsRowSolver::GatherOf(const IalsRowProblem& problem, int64_t row) {
  const int64_t begin = problem.rows.offsets[row];
  return {problem.fixed, problem.rows.ids + begin,
          std::min(kPanelRows, problem.rows.offsets[row + 1] - begin), problem.factors};
}

double IalsRowSolver::BuildEquations(const IalsRowProblem& problem, int64_t row,
                                     const GatherAhead& next) {
  const int64_t begin = problem.rows.offsets[row];
  const int64_t end = problem.rows.offsets[row + 1];
  std::fill(sum_.begin(), sum_.end(), 0.0);
  float scale[kPanelRows];
  float target[kPanelRows];
  double squares = 0;
  const float* base = problem.base;
  for (int64_t first = begin; first < end; first += kPanelRows) {
    const int64_t count = std::min(kPanelRows, end - first);
    for (int64_t k = 0; k < count; ++k) {
      // The row enters A as c h h^T = (sqrt(c) h)(sqrt(c) h)^T and b as c p h = (sqrt(c) p)(sqrt(c)
      // h).
      const float value = problem.rows.values[first + k];
      const float confidence = IalsConfidence(problem.scalars, value);
      scale[k] = std::sqrt(confidence);
      target[k] = scale[k] * IalsPreference(value);
      squares += static_cast<double>(confidence) * static_cast<double>(IalsPreference(value));
    }
    GatherPanel(problem.fixed, problem.factors, problem.rows.ids + first, count, scale, target,
                panel_.data(), sum_.data());
    const int64_t rest = end - first - count;
    SyrkPanel(problem.factors, panel_.data(), count, base, packed_.data(),
              rest == 0 ? next
                        : GatherAhead{problem.fixed, problem.rows.ids + first + count,
                                      std::min(kPanelRows, rest), problem.factors});
    base = packed_.data();
  }
  return squares;
}

IalsRowResult IalsRowSolver::Solve(const IalsRowProblem& problem, int64_t row,
                                   const GatherAhead& next, float* x) {
  const int64_t f = problem.factors;
  const int64_t begin = problem.rows.offsets[row];
  const int64_t end = problem.rows.offsets[row + 1];
  IalsRowResult result;
  if (!HasPositive(problem.rows, row)) {
    std::fill(x, x + f, 0.0f);
    return result;
  }
  result.loss = BuildEquations(problem, row, next);
  for (int64_t k = 0; k < f; ++k) rhs_[k] = static_cast<float>(sum_[k]);
  const float regularization =
      IalsRowRegularization(problem.scalars, end - begin, problem.rows.cols);
  result.solved = CholeskySolve(f, packed_.data(), regularization, rhs_.data(), x, work_.data());
  if (!result.solved) return result;
  double norm = 0;
  for (int64_t k = 0; k < f; ++k) {
    result.loss -= sum_[k] * static_cast<double>(x[k]);
    norm += static_cast<double>(x[k]) * static_cast<double>(x[k]);
  }
  result.regularization = static_cast<double>(regularization) * norm;
  return result;
}

}  // namespace tidewright
