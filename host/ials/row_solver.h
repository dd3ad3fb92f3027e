#ifndef TIDEWRIGHT_HOST_IALS_ROW_SOLVER_H_
#define TIDEWRIGHT_HOST_IALS_ROW_SOLVER_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"
#include "host/data/interactions.h"
#include "host/ials/ials.h"
#include "host/ials/ials_core.h"

namespace tidewright {

IalsScalars ScalarsOf(const IalsConfig& config);

// Rows a block of work has: a stop comes between blocks.
inline constexpr int64_t kIalsBlockRows = 32;

// One half of an epoch: the rows to solve and the side that is fixed.
struct IalsRowProblem {
  IalsScalars scalars;
  CsrView rows;                  // ids are rows of `fixed`
  const float* fixed = nullptr;  // rows.cols x factors
  int64_t factors = 0;
  const float* base = nullptr;  // alpha0 * fixed^T fixed, packed (linalg/packed.h)
};

struct IalsRowResult {
  bool solved = true;         // false: the normal equations are not positive definite
  double loss = 0;            // sum c p^2 - <b, x>: the row's share of the objective at its minimum
  double regularization = 0;  // its lambda times |x|^2
};

// Solves A x = b of ials.h for one row at a time; holds the workspace, so one a thread.
class IalsRowSolver {
 public:
  explicit IalsRowSolver(int64_t factors);
  // A (without lambda) and b of a row; returns sum c p^2. What Solve begins with, apart for
  // benchmarks.
  double BuildEquations(const IalsRowProblem& problem, int64_t row);
  IalsRowResult Solve(const IalsRowProblem& problem, int64_t row, float* x);

 private:
  AlignedVector<float> packed_;
  AlignedVector<float> panel_;
  AlignedVector<float> work_;
  AlignedVector<float> rhs_;
  std::vector<double> sum_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_ROW_SOLVER_H_
