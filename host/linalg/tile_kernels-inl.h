// The register tile that every dense kernel is made of. Included once for every instruction set,
// like dense_kernels-inl.h, which includes it: no include guard on purpose.
#include <hwy/highway.h>

#include <cstdint>

#include "host/linalg/packed.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 32>;
inline constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(F()));
// The register tile: as many accumulators as hide the latency of a fused multiply-add, and no
// spills.
inline constexpr int kRows = kLanes >= 16 ? 8 : 4;
inline constexpr int64_t kTileVectors = kTile / kLanes;
// Rows a Cholesky step eliminates at once.
inline constexpr int64_t kBlock = 8;

// c[kRows x kVectors*kLanes] (row stride ldc) = init (stride ldi; null: 0) +/- sum over k of
// a[k][0..kRows) (x) b[k][0..kVectors*kLanes), k-th rows at strides sa and sb.
template <bool kSubtract, int kVectors = 2>
HWY_INLINE void RegisterTile(int64_t k, const float* HWY_RESTRICT a, int64_t sa,
                             const float* HWY_RESTRICT b, int64_t sb, const float* init,
                             int64_t ldi, float* c, int64_t ldc) {
  const F d;
  hn::Vec<F> acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      acc[r][v] = init == nullptr ? hn::Zero(d) : hn::Load(d, init + r * ldi + v * kLanes);
    }
  }
  for (int64_t step = 0; step < k; ++step, a += sa, b += sb) {
    hn::Vec<F> right[kVectors];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) right[v] = hn::Load(d, b + v * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const auto left = hn::Set(d, a[r]);
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        acc[r][v] = kSubtract ? hn::NegMulAdd(left, right[v], acc[r][v])
                              : hn::MulAdd(left, right[v], acc[r][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) hn::Store(acc[r][v], d, c + r * ldc + v * kLanes);
  }
}

// The same for a block of kBlock rows and one tile of 32 columns.
template <bool kSubtract>
HWY_INLINE void BlockTile(int64_t k, const float* a, int64_t sa, const float* b, int64_t sb,
                          const float* init, int64_t ldi, float* c, int64_t ldc) {
  for (int64_t column = 0; column < kTile; column += 2 * kLanes) {
    for (int64_t row = 0; row < kBlock; row += kRows) {
      RegisterTile<kSubtract>(k, a + row, sa, b + column, sb,
                              init == nullptr ? nullptr : init + row * ldi + column, ldi,
                              c + row * ldc + column, ldc);
    }
  }
}

// The same where the tile holds the block's diagonal, at column `diagonal`: what lies left of it
// may be left out.
template <bool kSubtract>
HWY_INLINE void DiagonalBlockTile(int64_t k, int64_t diagonal, const float* a, int64_t sa,
                                  const float* b, int64_t sb, const float* init, int64_t ldi,
                                  float* c, int64_t ldc) {
  int64_t column = diagonal / kLanes * kLanes;
  for (; column + 2 * kLanes <= kTile; column += 2 * kLanes) {
    for (int64_t row = 0; row < kBlock; row += kRows) {
      RegisterTile<kSubtract>(k, a + row, sa, b + column, sb, init + row * ldi + column, ldi,
                              c + row * ldc + column, ldc);
    }
  }
  if (column == kTile) return;
  for (int64_t row = 0; row < kBlock; row += kRows) {
    RegisterTile<kSubtract, 1>(k, a + row, sa, b + column, sb, init + row * ldi + column, ldi,
                               c + row * ldc + column, ldc);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
