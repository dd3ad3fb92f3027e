// Included once for every instruction set by dense.cpp (Highway's foreach_target): no include guard
// on purpose.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cmath>
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
inline constexpr int kVectors = 2;
// Rows a Cholesky step eliminates at once.
inline constexpr int64_t kBlock = 8;

// c[kRows x kVectors*kLanes] (row stride ldc) = init (stride ldi; null: 0) +/- sum over k of
// a[k][0..kRows) (x) b[k][0..kVectors*kLanes), k-th rows at strides sa and sb.
template <bool kSubtract>
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
  for (int64_t column = 0; column < kTile; column += kVectors * kLanes) {
    for (int64_t row = 0; row < kBlock; row += kRows) {
      RegisterTile<kSubtract>(k, a + row, sa, b + column, sb,
                              init == nullptr ? nullptr : init + row * ldi + column, ldi,
                              c + row * ldc + column, ldc);
    }
  }
}

void GatherPanelKernel(const float* factors, int64_t n, const int32_t* ids, int64_t count,
                       const float* scale, const float* target, float* panel, double* rhs) {
  const F d;
  constexpr int64_t kAhead = 8;
  for (int64_t k = 0; k < count; ++k) {
    if (ids != nullptr && k + kAhead < count) {
      const float* next = factors + static_cast<int64_t>(ids[k + kAhead]) * n;
      for (int64_t column = 0; column < n; column += 16) hwy::Prefetch(next + column);
    }
    const float* row = factors + (ids == nullptr ? k : static_cast<int64_t>(ids[k])) * n;
    const float factor = scale == nullptr ? 1.0f : scale[k];
    const auto factors_v = hn::Set(d, factor);
    for (int64_t tile = 0; tile * kTile < n; ++tile) {
      float* to = panel + (tile * kPanelRows + k) * kTile;
      const float* from = row + tile * kTile;
      const int64_t width = HWY_MIN(kTile, n - tile * kTile);
      int64_t column = 0;
      for (; column + kLanes <= width; column += kLanes) {
        hn::Store(hn::Mul(factors_v, hn::LoadU(d, from + column)), d, to + column);
      }
      for (; column < width; ++column) to[column] = factor * from[column];
    }
  }
  if (target == nullptr) return;
  for (int64_t tile = 0; tile * kTile < n; ++tile) {
    HWY_ALIGN float sum[kTile];
    const float* from = panel + tile * kPanelRows * kTile;
    for (int64_t column = 0; column < kTile; column += kLanes) {
      auto acc = hn::Zero(d);
      for (int64_t k = 0; k < count; ++k) {
        acc = hn::MulAdd(hn::Set(d, target[k]), hn::Load(d, from + k * kTile + column), acc);
      }
      hn::Store(acc, d, sum + column);
    }
    const int64_t width = HWY_MIN(kTile, n - tile * kTile);
    for (int64_t column = 0; column < width; ++column) {
      rhs[tile * kTile + column] += static_cast<double>(sum[column]);
    }
  }
}

void SyrkPanelKernel(int64_t n, const float* panel, int64_t count, const float* base,
                     float* packed) {
  for (int64_t column_tile = 0; column_tile * kTile < n; ++column_tile) {
    const float* b = panel + column_tile * kPanelRows * kTile;
    const int64_t offset = PackedTileOffset(column_tile);
    const int64_t rows = HWY_MIN(n, (column_tile + 1) * kTile);
    for (int64_t row = 0; row < rows; row += kBlock) {
      const float* a = panel + (row / kTile) * kPanelRows * kTile + row % kTile;
      BlockTile<false>(count, a, kTile, b, kTile, base + offset + row * kTile, kTile,
                       packed + offset + row * kTile, kTile);
    }
  }
}

// Eliminates the kBlock rows at c (stride 32) of the tile that holds their diagonal, which starts
// at column `diagonal`. upper[r][s]: U's entries of the block; inverse[r] = 1 / U_rr. What lies
// left of the diagonal becomes 0.
HWY_INLINE bool FactorDiagonal(float* c, int64_t diagonal, float upper[kBlock][kBlock],
                               float* inverse) {
  const F d;
  for (int64_t r = 0; r < kBlock; ++r) {
    float* row = c + r * kTile;
    const float pivot = row[diagonal + r];
    if (!(pivot > 0.0f) || !std::isfinite(pivot)) return false;
    inverse[r] = 1.0f / std::sqrt(pivot);
    const auto scale = hn::Set(d, inverse[r]);
    for (int64_t column = 0; column < kTile; column += kLanes) {
      hn::Store(hn::Mul(scale, hn::Load(d, row + column)), d, row + column);
    }
    for (int64_t s = r + 1; s < kBlock; ++s) {
      upper[r][s] = row[diagonal + s];
      const auto factor = hn::Set(d, upper[r][s]);
      float* below = c + s * kTile;
      for (int64_t column = 0; column < kTile; column += kLanes) {
        hn::Store(hn::NegMulAdd(factor, hn::Load(d, row + column), hn::Load(d, below + column)), d,
                  below + column);
      }
    }
    for (int64_t column = 0; column < diagonal + r; ++column) row[column] = 0.0f;
  }
  return true;
}

// The triangular solve of the same rows in a tile to the right.
HWY_INLINE void SolveBlockTile(float* c, const float upper[kBlock][kBlock], const float* inverse) {
  const F d;
  for (int64_t column = 0; column < kTile; column += kLanes) {
    hn::Vec<F> row[kBlock];
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) row[r] = hn::Load(d, c + r * kTile + column);
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) {
      row[r] = hn::Mul(row[r], hn::Set(d, inverse[r]));
#pragma GCC unroll 16
      for (int s = r + 1; s < kBlock; ++s) {
        row[s] = hn::NegMulAdd(hn::Set(d, upper[r][s]), row[r], row[s]);
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) hn::Store(row[r], d, c + r * kTile + column);
  }
}

HWY_INLINE bool Factor(int64_t n, float* packed, float* inverse) {
  const int64_t tiles = TilesOf(n);
  for (int64_t row = 0; row < n; row += kBlock) {
    const int64_t row_tile = row / kTile;
    const float* a = packed + PackedTileOffset(row_tile) + row % kTile;
    float upper[kBlock][kBlock];
    for (int64_t column_tile = row_tile; column_tile < tiles; ++column_tile) {
      float* tile = packed + PackedTileOffset(column_tile);
      float* c = tile + row * kTile;
      BlockTile<true>(row, a, kTile, tile, kTile, c, kTile, c, kTile);
      if (column_tile == row_tile) {
        if (!FactorDiagonal(c, row % kTile, upper, inverse + row)) return false;
      } else {
        SolveBlockTile(c, upper, inverse + row);
      }
    }
  }
  return true;
}

// y = U^-T rhs. y: 32 * tiles floats.
HWY_INLINE void ForwardSubstitute(int64_t n, const float* packed, const float* inverse,
                                  const float* rhs, float* y) {
  const F d;
  constexpr int64_t kTileVectors = kTile / kLanes;
  for (int64_t tile = 0; tile * kTile < n; ++tile) {
    const float* u = packed + PackedTileOffset(tile);
    HWY_ALIGN float rest[kTile] = {};
    const int64_t width = HWY_MIN(kTile, n - tile * kTile);
    for (int64_t column = 0; column < width; ++column) rest[column] = rhs[tile * kTile + column];
    hn::Vec<F> acc[kTileVectors];
#pragma GCC unroll 16
    for (int64_t v = 0; v < kTileVectors; ++v) acc[v] = hn::Load(d, rest + v * kLanes);
    for (int64_t row = 0; row < tile * kTile; ++row) {
      const auto solved = hn::Set(d, y[row]);
#pragma GCC unroll 16
      for (int64_t v = 0; v < kTileVectors; ++v) {
        acc[v] = hn::NegMulAdd(solved, hn::Load(d, u + row * kTile + v * kLanes), acc[v]);
      }
    }
#pragma GCC unroll 16
    for (int64_t v = 0; v < kTileVectors; ++v) hn::Store(acc[v], d, rest + v * kLanes);
    for (int64_t r = 0; r < width; ++r) {
      const int64_t row = tile * kTile + r;
      y[row] = rest[r] * inverse[row];
      for (int64_t column = r + 1; column < width; ++column) {
        rest[column] -= y[row] * u[row * kTile + column];
      }
    }
  }
}

// x = U^-1 y. x: 32 * tiles floats.
HWY_INLINE void BackSubstitute(int64_t n, const float* packed, const float* inverse, const float* y,
                               float* x) {
  const F d;
  const int64_t tiles = TilesOf(n);
  for (int64_t column = 0; column < tiles * kTile; ++column) x[column] = 0.0f;
  for (int64_t block = (n - 1) / kBlock; block >= 0; --block) {
    const int64_t first = block * kBlock;
    hn::Vec<F> acc[kBlock];
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) acc[r] = hn::Zero(d);
    // Entries of x not yet solved are 0, and so are U's left of its diagonal.
    for (int64_t tile = first / kTile; tile < tiles; ++tile) {
      const float* u = packed + PackedTileOffset(tile) + first * kTile;
      for (int64_t column = 0; column < kTile; column += kLanes) {
        const auto known = hn::Load(d, x + tile * kTile + column);
#pragma GCC unroll 16
        for (int r = 0; r < kBlock; ++r) {
          acc[r] = hn::MulAdd(known, hn::Load(d, u + r * kTile + column), acc[r]);
        }
      }
    }
    const float* diagonal = packed + PackedIndex(first, first);
    for (int64_t r = HWY_MIN(kBlock, n - first) - 1; r >= 0; --r) {
      float sum = hn::GetLane(hn::SumOfLanes(d, acc[r]));
      for (int64_t s = r + 1; s < kBlock && first + s < n; ++s) {
        sum += diagonal[r * kTile + s] * x[first + s];
      }
      x[first + r] = (y[first + r] - sum) * inverse[first + r];
    }
  }
}

bool CholeskySolveKernel(int64_t n, float* packed, float shift, const float* rhs, float* x,
                         float* work) {
  const int64_t padded = TilesOf(n) * kTile;
  float* inverse = work;
  float* y = work + padded;
  float* solution = y + padded;
  for (int64_t row = 0; row < n; ++row) packed[PackedIndex(row, row)] += shift;
  // A block reaches beyond n where n is not a multiple of it: the identity there keeps the
  // factorization defined.
  for (int64_t row = n; row < (n + kBlock - 1) / kBlock * kBlock; ++row) {
    packed[PackedIndex(row, row)] = 1.0f;
  }
  if (!Factor(n, packed, inverse)) return false;
  ForwardSubstitute(n, packed, inverse, rhs, y);
  BackSubstitute(n, packed, inverse, y, solution);
  for (int64_t row = 0; row < n; ++row) x[row] = solution[row];
  return true;
}

// to[k][32] = rows of from[count x depth], transposed and padded with zeros to `width` columns.
HWY_INLINE void PackTransposed(const float* from, int64_t ld, int64_t count, int64_t depth,
                               int64_t width, float* to) {
  for (int64_t k = 0; k < depth; ++k) {
    for (int64_t r = 0; r < count; ++r) to[k * width + r] = from[r * ld + k];
    for (int64_t r = count; r < width; ++r) to[k * width + r] = 0.0f;
  }
}

void GemmNTKernel(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                  int64_t ldb, float* c, int64_t ldc, float* scratch) {
  float* packed_b = scratch;
  float* packed_a = packed_b + k * kTile;
  HWY_ALIGN float result[kBlock * kTile];
  for (int64_t row = 0; row < m; row += kBlock) {
    PackTransposed(a + row * lda, lda, HWY_MIN(kBlock, m - row), k, kBlock, packed_a + row * k);
  }
  for (int64_t column = 0; column < n; column += kTile) {
    const int64_t width = HWY_MIN(kTile, n - column);
    PackTransposed(b + column * ldb, ldb, width, k, kTile, packed_b);
    for (int64_t row = 0; row < m; row += kBlock) {
      BlockTile<false>(k, packed_a + row * k, kBlock, packed_b, kTile, nullptr, 0, result, kTile);
      const int64_t height = HWY_MIN(kBlock, m - row);
      for (int64_t r = 0; r < height; ++r) {
        float* to = c + (row + r) * ldc + column;
        for (int64_t s = 0; s < width; ++s) to[s] = result[r * kTile + s];
      }
    }
  }
}

// Flops that 2 * kRows independent accumulators reach in `steps` steps: what the peak is measured
// with.
double FmaKernel(int64_t steps, float* sink) {
  const F d;
  constexpr int kChains = 2 * kRows;
  hn::Vec<F> acc[kChains];
#pragma GCC unroll 16
  for (int i = 0; i < kChains; ++i) acc[i] = hn::Set(d, 1.0f + static_cast<float>(i));
  const auto factor = hn::Set(d, 0.999f + sink[0] * 0.0f);
  const auto addend = hn::Set(d, 0.001f);
  for (int64_t step = 0; step < steps; ++step) {
#pragma GCC unroll 16
    for (int i = 0; i < kChains; ++i) acc[i] = hn::MulAdd(acc[i], factor, addend);
  }
#pragma GCC unroll 16
  for (int i = 0; i < kChains; ++i) sink[0] += hn::GetLane(acc[i]);
  return 2.0 * kChains * static_cast<double>(kLanes) * static_cast<double>(steps);
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
