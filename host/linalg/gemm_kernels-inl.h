// Included once for every instruction set by gemm.cpp (Highway's foreach_target): no include guard
// on purpose.
#include <hwy/highway.h>

#include <cstdint>

#include "host/linalg/packed.h"
#include "host/linalg/tile_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

// Rows of B taken at once: a tile's share of them, 32 KB, stays in the first cache while the rows
// of A pass.
inline constexpr int64_t kDepth = 256;
// Rows of A that share them.
inline constexpr int64_t kHeight = 32;

// c[kCount x 2 vectors] = or += rows of a (stride lda) times b, k rows at stride 32. A is read as
// it lies: a broadcast load costs what a load does.
template <int kCount>
HWY_INLINE void BroadcastTile(int64_t k, const float* HWY_RESTRICT a, int64_t lda,
                              const float* HWY_RESTRICT b, bool add, float* c, int64_t ldc) {
  const F d;
  hn::Vec<F> acc[kCount][2];
  const float* rows[kCount];
#pragma GCC unroll 16
  for (int r = 0; r < kCount; ++r) {
    rows[r] = a + r * lda;
    acc[r][0] = add ? hn::LoadU(d, c + r * ldc) : hn::Zero(d);
    acc[r][1] = add ? hn::LoadU(d, c + r * ldc + kLanes) : hn::Zero(d);
  }
  for (int64_t step = 0; step < k; ++step) {
    const auto right0 = hn::Load(d, b + step * kTile);
    const auto right1 = hn::Load(d, b + step * kTile + kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kCount; ++r) {
      const auto left = hn::Set(d, rows[r][step]);
      acc[r][0] = hn::MulAdd(left, right0, acc[r][0]);
      acc[r][1] = hn::MulAdd(left, right1, acc[r][1]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kCount; ++r) {
    hn::StoreU(acc[r][0], d, c + r * ldc);
    hn::StoreU(acc[r][1], d, c + r * ldc + kLanes);
  }
}

// The same for count <= kMost rows.
template <int kMost>
HWY_INLINE void BroadcastRest(int64_t count, int64_t k, const float* a, int64_t lda, const float* b,
                              bool add, float* c, int64_t ldc) {
  if constexpr (kMost > 0) {
    if (count == kMost) {
      BroadcastTile<kMost>(k, a, lda, b, add, c, ldc);
    } else {
      BroadcastRest<kMost - 1>(count, k, a, lda, b, add, c, ldc);
    }
  }
}

// The same for any number of rows and all columns of a tile.
HWY_INLINE void BroadcastRows(int64_t m, int64_t k, const float* a, int64_t lda, const float* b,
                              bool add, float* c, int64_t ldc) {
  for (int64_t column = 0; column < kTile; column += 2 * kLanes) {
    int64_t row = 0;
    for (; row + kRows <= m; row += kRows) {
      BroadcastTile<kRows>(k, a + row * lda, lda, b + column, add, c + row * ldc + column, ldc);
    }
    BroadcastRest<kRows - 1>(m - row, k, a + row * lda, lda, b + column, add,
                             c + row * ldc + column, ldc);
  }
}

// c[m x width] = a[m x k] * the tile's first `width` columns.
void GemmTileKernel(int64_t m, int64_t k, const float* a, int64_t lda, const float* tile,
                    int64_t width, float* c, int64_t ldc) {
  HWY_ALIGN float partial[kHeight * kTile];
  for (int64_t row = 0; row < m; row += kHeight) {
    const int64_t height = HWY_MIN(kHeight, m - row);
    float* to = width == kTile ? c + row * ldc : partial;
    const int64_t stride = width == kTile ? ldc : kTile;
    int64_t step = 0;
    do {  // once at least: a product over nothing is 0
      BroadcastRows(height, HWY_MIN(kDepth, k - step), a + row * lda + step, lda,
                    tile + step * kTile, step > 0, to, stride);
      step += kDepth;
    } while (step < k);
    if (width == kTile) continue;
    for (int64_t r = 0; r < height; ++r) {
      for (int64_t s = 0; s < width; ++s) c[(row + r) * ldc + s] = partial[r * kTile + s];
    }
  }
}

// to[depth x 32] = the rows [0, depth) of from (stride ld), `width` columns of it, zeros beyond.
void PackTileKernel(const float* from, int64_t ld, int64_t width, int64_t depth, float* to) {
  const F d;
  for (int64_t k = 0; k < depth; ++k, from += ld, to += kTile) {
    if (width == kTile) {
#pragma GCC unroll 8
      for (int64_t v = 0; v < kTileVectors; ++v) {
        hn::Store(hn::LoadU(d, from + v * kLanes), d, to + v * kLanes);
      }
    } else {
      for (int64_t s = 0; s < width; ++s) to[s] = from[s];
      for (int64_t s = width; s < kTile; ++s) to[s] = 0.0f;
    }
  }
}

// to[4 x .] (stride 32) = from[4 x 4] (stride ld) transposed. The scalar target has no
// interleaving: calls that only argument lookup finds keep it out of that branch.
template <class D>
HWY_INLINE void TransposeFour(D d, const float* from, int64_t ld, float* to) {
  if constexpr (hn::MaxLanes(D()) < 4) {
    for (int64_t k = 0; k < 4; ++k) {
      for (int64_t r = 0; r < 4; ++r) to[k * kTile + r] = from[r * ld + k];
    }
  } else {
    const hn::RepartitionToWide<D> dw;
    const auto row0 = LoadU(d, from);
    const auto row1 = LoadU(d, from + ld);
    const auto row2 = LoadU(d, from + 2 * ld);
    const auto row3 = LoadU(d, from + 3 * ld);
    const auto low01 = BitCast(dw, InterleaveLower(d, row0, row1));
    const auto low23 = BitCast(dw, InterleaveLower(d, row2, row3));
    const auto high01 = BitCast(dw, InterleaveUpper(d, row0, row1));
    const auto high23 = BitCast(dw, InterleaveUpper(d, row2, row3));
    Store(BitCast(d, InterleaveLower(dw, low01, low23)), d, to);
    Store(BitCast(d, InterleaveUpper(dw, low01, low23)), d, to + kTile);
    Store(BitCast(d, InterleaveLower(dw, high01, high23)), d, to + 2 * kTile);
    Store(BitCast(d, InterleaveUpper(dw, high01, high23)), d, to + 3 * kTile);
  }
}

// to[depth x 32] = from[width x depth] (stride ld) transposed, zeros beyond `width`.
void PackTransposedTileKernel(const float* from, int64_t ld, int64_t width, int64_t depth,
                              float* to) {
  // So many columns at a time: a line of `to` is complete before it leaves the first cache.
  constexpr int64_t kColumns = 64;
  const int64_t whole = width / 4 * 4;
  const int64_t deep = depth / 4 * 4;
  for (int64_t first = 0; first < deep; first += kColumns) {
    const int64_t last = HWY_MIN(deep, first + kColumns);
    for (int64_t r = 0; r < whole; r += 4) {
      for (int64_t k = first; k < last; k += 4) {
        TransposeFour(hn::CappedTag<float, 4>(), from + r * ld + k, ld, to + k * kTile + r);
      }
    }
  }
  for (int64_t k = 0; k < depth; ++k) {
    float* row = to + k * kTile;
    for (int64_t r = k < deep ? whole : 0; r < width; ++r) row[r] = from[r * ld + k];
    for (int64_t r = width; r < kTile; ++r) row[r] = 0.0f;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
