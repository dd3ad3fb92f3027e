#ifndef TIDEWRIGHT_HOST_IALS_DUAL_ROWS_H_
#define TIDEWRIGHT_HOST_IALS_DUAL_ROWS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "host/core/aligned.h"
#include "host/ials/half_solver.h"
#include "host/linalg/gemm.h"
#include "host/linalg/packed.h"

namespace tidewright {

// Rows with fewer entries than factors, solved exactly through a system of their entries' size.
// With alpha0 G = Q D Q^T, D_u = D + lambda_u I and T = C^(1/2) H_u Q D_u^(-1/2), the row's
// equations (ials.h) become, by the push-through identity,
//   (I + T T^T) z = C^(1/2) p,   x = Q D_u^(-1/2) T^T z,
// n x n instead of f x f; one eigendecomposition a half serves every row whatever its lambda_u.
// n^2 f + n^3/3 flops a row instead of n f^2 + f^3/3, and 2 f^2 for each row of either side.
class DualRows {
 public:
  // Whether rows this short are solved this way.
  static bool Takes(int64_t entries, int64_t factors);
  // Whether a half of these rows gains by it: by the row lengths alone.
  static bool Pays(const CsrView& rows, int64_t factors);
  // Bytes that a half keeps beside the factors.
  static int64_t SharedBytes(int64_t fixed_rows, int64_t factors);

  // All threads.
  explicit DualRows(const IalsRowProblem& problem);

  struct Workspace {
    explicit Workspace(int64_t factors);
    AlignedVector<float> panel;
    AlignedVector<float> packed;
    AlignedVector<float> work;
    AlignedVector<float> row_scale, target, solution;
    AlignedVector<float> column_scale;
    float column_regularization = -1;  // what column_scale was made for; -1: to be made
    AlignedVector<float> rotated;      // a block of rows: x in the basis Q, on whole vectors
    AlignedVector<float> block;
  };

  // False where D_u is too ill-conditioned for float32: the row must be solved otherwise.
  bool CanSolve(float regularization) const;
  // What SolveRotated gathers for a row.
  GatherAhead GatherOf(int64_t row) const;
  // Solves a row of this lambda_u into slot `slot` of the workspace's rotated vectors. `next`: what
  // is gathered afterwards.
  IalsRowResult SolveRotated(int64_t row, float regularization, int64_t slot,
                             const GatherAhead& next, Workspace* workspace) const;
  // x[0 .. slots) of `block`, factors floats each, from the rotated vectors.
  void RotateBack(int64_t slots, Workspace* workspace) const;

 private:
  const IalsRowProblem problem_;
  const int64_t stride_;
  double smallest_ = 0;  // of D's diagonal
  double largest_ = 0;
  PackedMatrix back_;              // Q^T
  AlignedVector<float> spectrum_;  // D's diagonal; beyond the factors so large that 1 / D is 0
  AlignedVector<float> rotated_;   // fixed Q: rows.cols x stride_, zeros beyond the factors
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_DUAL_ROWS_H_
