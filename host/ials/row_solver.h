#ifndef TIDEWRIGHT_HOST_IALS_ROW_SOLVER_H_
#define TIDEWRIGHT_HOST_IALS_ROW_SOLVER_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"
#include "host/ials/half_solver.h"
#include "host/linalg/packed.h"

namespace tidewright {

// Solves A x = b of ials.h for one row at a time; holds the workspace, so one a thread.
class IalsRowSolver {
 public:
  explicit IalsRowSolver(int64_t factors);
  // What is gathered first for a row.
  static GatherAhead GatherOf(const IalsRowProblem& problem, int64_t row);
  // A (without lambda) and b of a row; returns sum c p^2. What Solve begins with, apart for
  // benchmarks. `next`: what is gathered after this row.
  double BuildEquations(const IalsRowProblem& problem, int64_t row, const GatherAhead& next);
  IalsRowResult Solve(const IalsRowProblem& problem, int64_t row, const GatherAhead& next,
                      float* x);

 private:
  AlignedVector<float> packed_;
  AlignedVector<float> panel_;
  AlignedVector<float> work_;
  AlignedVector<float> rhs_;
  std::vector<double> sum_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_ROW_SOLVER_H_
