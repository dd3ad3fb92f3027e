#ifndef TIDEWRIGHT_HOST_IALS_BLOCK_BASIS_H_
#define TIDEWRIGHT_HOST_IALS_BLOCK_BASIS_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"
#include "host/ials/half_solver.h"
#include "host/linalg/gemm.h"

namespace tidewright {

// The fixed side in a basis in which alpha0 times its Gramian G is diagonal within every block of
// factors: with alpha0 G_bb = Q D Q^T, the block's factors times Q. Scores and norms are the same
// there. A row's equations for a block, S = D + lambda_u I, become (S + E^T E) move = g + E^T e for
// its scaled entries E = C^(1/2) H_b, their errors e and the rest of the gradient g; with
// T = E S^(-1/2) and v = S^(-1/2) g,
//   (I + T T^T) z = e - T v,   move = S^(-1/2) (v + T^T z),
// n x n instead of block x block; and z is what the errors are after the move.
class BlockBasis {
 public:
  // Whether rows this short are solved this way.
  static bool Takes(int64_t entries, int64_t block);
  // Whether a half of these rows gains by it: by their lengths alone.
  static bool Pays(const CsrView& rows, int64_t factors, int64_t block);
  // Bytes that a half keeps beside the factors.
  static int64_t SharedBytes(int64_t fixed_rows, int64_t factors);

  // All threads.
  BlockBasis(const IalsRowProblem& problem, int64_t block);

  int64_t stride() const { return stride_; }
  const float* rows() const { return rows_.data(); }        // the fixed side's: cols x stride
  const float* gramian() const { return gramian_.data(); }  // alpha0 G, packed (linalg/packed.h)
  // D's diagonal of a block, on whole vectors; so large beyond the block that 1 / D is 0.
  const float* spectrum(int64_t block) const { return blocks_[block].spectrum.data(); }
  // False where the block's S is too ill-conditioned for float32: solve it otherwise.
  bool CanSolve(int64_t block, float regularization) const;
  // Rows of factors into the basis and out of it, `stride` floats apart on both sides.
  void Enter(int64_t count, const float* x, float* rotated) const;
  void Leave(int64_t count, const float* rotated, float* x) const;

 private:
  struct Block {
    int64_t first = 0;
    int64_t width = 0;
    double smallest = 0;  // of D's diagonal
    double largest = 0;
    PackedMatrix forward;  // Q
    PackedMatrix back;     // Q^T
    AlignedVector<float> spectrum;
  };

  void MakeBlocks(const IalsRowProblem& problem, int64_t block);
  void RotateGramian(const IalsRowProblem& problem);

  int64_t factors_;
  int64_t stride_;
  std::vector<Block> blocks_;
  AlignedVector<float> rows_;
  AlignedVector<float> gramian_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_BLOCK_BASIS_H_
