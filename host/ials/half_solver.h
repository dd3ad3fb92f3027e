#ifndef TIDEWRIGHT_HOST_IALS_HALF_SOLVER_H_
#define TIDEWRIGHT_HOST_IALS_HALF_SOLVER_H_

#include <cstdint>
#include <memory>

#include "host/data/interactions.h"
#include "host/ials/ials.h"
#include "host/ials/ials_core.h"

namespace tidewright {

IalsScalars ScalarsOf(const IalsConfig& config);

// Rows a block of work has: a stop comes between blocks, and products with a shared matrix are one
// GEMM over the rows of a block.
inline constexpr int64_t kIalsBlockRows = 32;

// One half of an epoch: the rows to solve and the side that is fixed.
struct IalsRowProblem {
  IalsScalars scalars;
  CsrView rows;                  // ids are rows of `fixed`
  const float* fixed = nullptr;  // rows.cols x factors
  int64_t factors = 0;
  const float* base = nullptr;  // alpha0 * fixed^T fixed, packed (linalg/packed.h)
};

// False where the fixed side has diverged: nothing can be made of its Gramian.
bool IsFinite(const IalsRowProblem& problem);

// Of one row, or summed over the rows of a block.
struct IalsRowResult {
  bool solved = true;  // false: the normal equations are not positive definite
  // The row's share of the objective with the fixed side as it stands: sum of c (<x, h> - p)^2 over
  // its entries + alpha0 x^T G x + its lambda times |x|^2.
  double loss = 0;
  double regularization = 0;  // its lambda times |x|^2

  void Add(const IalsRowResult& other) {
    solved = solved && other.solved;
    loss += other.loss;
    regularization += other.regularization;
  }
};

// How the rows of a half are solved: one implementation for each --solver. What it does to a row
// depends on the problem and on that row's block alone, never on threads or on what was solved
// before.
class IalsHalfSolver {
 public:
  virtual ~IalsHalfSolver() = default;
  // Makes what the rows of a half share; all threads. `problem` and what it points at outlive the
  // half.
  virtual void Begin(const IalsRowProblem& problem) = 0;
  // Solves the rows [begin, end), at most kIalsBlockRows of them, begin a multiple of it. x: those
  // rows' factors, row-major; on entry their values before the half. One call a thread at a time;
  // 0 <= thread < NumThreads().
  virtual IalsRowResult Solve(int64_t begin, int64_t end, int thread, float* x) = 0;
};

std::unique_ptr<IalsHalfSolver> MakeCholeskyHalfSolver();

// `steps` of conjugate gradients a row from the row's factors as they are (Takacs, Pilaszy and
// Tikk, "Applications of the conjugate gradient method for implicit feedback collaborative
// filtering", 2011); fewer where the residual has fallen by a factor of 1e-6.
std::unique_ptr<IalsHalfSolver> MakeCgHalfSolver(int64_t steps);

// iALS++ (Rendle, Krichene, Zhang and Koren, "iALS++: Speeding up matrix factorization with
// subspace optimization", arXiv 2110.14044): one sweep over blocks of `block` factors a row, each
// solved exactly with the others as they are.
std::unique_ptr<IalsHalfSolver> MakeIalsppHalfSolver(int64_t block);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_HALF_SOLVER_H_
