#ifndef TIDEWRIGHT_HOST_LINALG_PACKED_H_
#define TIDEWRIGHT_HOST_LINALG_PACKED_H_

#include <cstdint>

namespace tidewright {

// Symmetric matrices as the solvers keep them: the upper triangle in column tiles of 32. Tile t
// holds the columns [32 t, 32 t + 32) of the rows [0, 32 t + 32), 32 floats a row, one row after
// the other; the tiles follow each other. A panel, the transposed factor of a rank-k update, has
// the same form: column tiles of 32, `kPanelRows` rows each. So one inner kernel serves the update
// and the factorization, and it reads both operands in storage order.
inline constexpr int64_t kTile = 32;
inline constexpr int64_t kPanelRows = 64;

constexpr int64_t TilesOf(int64_t n) { return (n + kTile - 1) / kTile; }
constexpr int64_t PackedTileOffset(int64_t tile) { return kTile * kTile * tile * (tile + 1) / 2; }
constexpr int64_t PackedFloats(int64_t n) { return PackedTileOffset(TilesOf(n)); }
constexpr int64_t PanelFloats(int64_t n) { return TilesOf(n) * kPanelRows * kTile; }
constexpr int64_t PackedIndex(int64_t row, int64_t column) {
  return PackedTileOffset(column / kTile) + row * kTile + column % kTile;
}

// Copies rows ids[0..count) (null: rows 0..count) of factors[. x n] into a panel, count <=
// kPanelRows, row k scaled by scale[k] (null: 1), and adds target[k] * scaled row to rhs[n] (null
// target: no sum). Columns beyond n are not written: a panel starts out zeroed. stride: from one
// row of `factors` to the next, n where it is 0.
void GatherPanel(const float* factors, int64_t n, const int32_t* ids, int64_t count,
                 const float* scale, const float* target, float* panel, double* rhs,
                 int64_t stride = 0);

// Rows of `factors` that a later GatherPanel will want: a rank-k update fetches them into the cache
// while it computes, since the gather alone only waits for memory.
struct GatherAhead {
  const float* factors = nullptr;
  const int32_t* ids = nullptr;
  int64_t count = 0;
  int64_t stride = 0;  // as GatherPanel's
};

// packed[n] = base + panel^T panel over `count` panel rows. base may be packed itself.
void SyrkPanel(int64_t n, const float* panel, int64_t count, const float* base, float* packed,
               const GatherAhead& ahead = {});

// Solves (A + shift I) x = rhs for the packed A, which is overwritten by its Cholesky factor U (A =
// U^T U). `work` holds 3 * 32 * TilesOf(n) floats. False where a pivot is not positive and finite:
// A is then not positive definite, x undefined.
bool CholeskySolve(int64_t n, float* packed, float shift, const float* rhs, float* x, float* work);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_PACKED_H_
