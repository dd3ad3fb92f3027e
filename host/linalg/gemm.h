#ifndef TIDEWRIGHT_HOST_LINALG_GEMM_H_
#define TIDEWRIGHT_HOST_LINALG_GEMM_H_

#include <cstdint>

#include "host/core/aligned.h"

namespace tidewright {

// Matrix products, float32, row-major, one thread each unless said; run-time dispatched SIMD. An
// element of C depends on its row of A and its column of B alone: not on the other rows and
// columns, nor on how many there are.

// C[m x n] (leading dimension ldc) = A[m x k] (lda) * B[n x k]^T (ldb).
void GemmNT(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
            int64_t ldb, float* c, int64_t ldc);

// A right operand B[rows x columns] that many products share, packed once: column tiles of 32, the
// rows of a tile one after the other, zeros beyond the last column. Packing uses all threads.
class PackedMatrix {
 public:
  // b: row-major, rows x columns.
  void Pack(int64_t rows, int64_t columns, const float* b, int64_t ldb);
  // b: row-major, columns x rows: B is its transpose. ids: column j of B is row ids[j] of b, not j.
  void PackTransposed(int64_t rows, int64_t columns, const float* b, int64_t ldb,
                      const int32_t* ids = nullptr);
  // upper: a symmetric n x n matrix in the form of packed.h.
  void PackSymmetric(int64_t n, const float* upper);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  const float* tile(int64_t index) const { return tiles_.data() + index * rows_ * 32; }

 private:
  void Resize(int64_t rows, int64_t columns);

  int64_t rows_ = 0;
  int64_t columns_ = 0;
  AlignedVector<float> tiles_;
};

// C[m x b.columns()] = A[m x b.rows()] B.
void GemmPacked(int64_t m, const float* a, int64_t lda, const PackedMatrix& b, float* c,
                int64_t ldc);

// A part of a packed matrix: rows [begin_row, end_row) of the tiles [begin_tile, end_tile).
struct PackedPart {
  int64_t begin_row = 0;
  int64_t end_row = 0;
  int64_t begin_tile = 0;
  int64_t end_tile = 0;
};

// The same with that part alone: A[m x rows], C[m x width] with column 0 being column 32 begin_tile
// of B and width what these tiles have of B's columns.
void GemmPackedPart(int64_t m, const float* a, int64_t lda, const PackedMatrix& b,
                    const PackedPart& part, float* c, int64_t ldc);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_GEMM_H_
