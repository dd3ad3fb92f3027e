// Included once for every instruction set by dense.cpp (Highway's foreach_target): no include guard
// on purpose.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "host/linalg/ahead_fetcher.h"
#include "host/linalg/packed.h"
#include "host/linalg/tile_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

// One column tile of a panel: rows scaled and copied, and their weighted sum where `target` is set.
// Two rows a step, so that the sum is two chains.
template <bool kSum>
HWY_INLINE void GatherTile(const float* HWY_RESTRICT from, int64_t stride, const int32_t* ids,
                           int64_t count, const float* HWY_RESTRICT scale,
                           const float* HWY_RESTRICT target, float* HWY_RESTRICT to,
                           float* HWY_RESTRICT sum) {
  const F d;
  constexpr int64_t kAhead = 8;
  hn::Vec<F> acc[2][kTileVectors];
#pragma GCC unroll 32
  for (int64_t v = 0; v < kTileVectors; ++v) acc[0][v] = acc[1][v] = hn::Zero(d);
  const auto copy = [&](int64_t k, hn::Vec<F>* chain) HWY_ATTR {
    const float* row = from + (ids == nullptr ? k : static_cast<int64_t>(ids[k])) * stride;
    const auto factor = hn::Set(d, scale == nullptr ? 1.0f : scale[k]);
#pragma GCC unroll 32
    for (int64_t v = 0; v < kTileVectors; ++v) {
      const auto scaled = hn::Mul(factor, hn::LoadU(d, row + v * kLanes));
      hn::Store(scaled, d, to + k * kTile + v * kLanes);
      if constexpr (kSum) chain[v] = hn::MulAdd(hn::Set(d, target[k]), scaled, chain[v]);
    }
  };
  int64_t k = 0;
  for (; k + 2 <= count; k += 2) {
    if (ids != nullptr && k + kAhead + 1 < count) {
      const float* next = from + static_cast<int64_t>(ids[k + kAhead]) * stride;
      const float* after = from + static_cast<int64_t>(ids[k + kAhead + 1]) * stride;
      hwy::Prefetch(next);
      hwy::Prefetch(next + kTile / 2);
      hwy::Prefetch(after);
      hwy::Prefetch(after + kTile / 2);
    }
    copy(k, acc[0]);
    copy(k + 1, acc[1]);
  }
  if (k < count) copy(k, acc[0]);
  if constexpr (kSum) {
#pragma GCC unroll 32
    for (int64_t v = 0; v < kTileVectors; ++v) {
      hn::Store(hn::Add(acc[0][v], acc[1][v]), d, sum + v * kLanes);
    }
  }
}

// The same for a last tile that is not full.
HWY_INLINE void GatherPart(const float* from, int64_t stride, const int32_t* ids, int64_t count,
                           int64_t width, const float* scale, const float* target, float* to,
                           float* sum) {
  for (int64_t column = 0; column < width; ++column) sum[column] = 0.0f;
  for (int64_t k = 0; k < count; ++k) {
    const float* row = from + (ids == nullptr ? k : static_cast<int64_t>(ids[k])) * stride;
    const float factor = scale == nullptr ? 1.0f : scale[k];
    const float weight = target == nullptr ? 0.0f : target[k];
    for (int64_t column = 0; column < width; ++column) {
      to[k * kTile + column] = factor * row[column];
      sum[column] += weight * to[k * kTile + column];
    }
  }
}

void GatherPanelKernel(const float* factors, int64_t n, int64_t stride, const int32_t* ids,
                       int64_t count, const float* scale, const float* target, float* panel,
                       double* rhs) {
  HWY_ALIGN float sum[kTile];
  for (int64_t first = 0; first < n; first += kTile) {
    const float* from = factors + first;
    float* to = panel + first * kPanelRows;
    const int64_t width = HWY_MIN(kTile, n - first);
    if (width < kTile) {
      GatherPart(from, stride, ids, count, width, scale, target, to, sum);
    } else if (target == nullptr) {
      GatherTile<false>(from, stride, ids, count, scale, target, to, sum);
    } else {
      GatherTile<true>(from, stride, ids, count, scale, target, to, sum);
    }
    if (target == nullptr) continue;
    for (int64_t column = 0; column < width; ++column) {
      rhs[first + column] += static_cast<double>(sum[column]);
    }
  }
}

void SyrkPanelKernel(int64_t n, const float* panel, int64_t count, const float* base, float* packed,
                     const GatherAhead& ahead) {
  const int64_t tiles = TilesOf(n);
  AheadFetcher fetcher(ahead, n,
                       tiles * (tiles - 1) / 2 * (kTile / kBlock) + (n + kBlock - 1) / kBlock);
  for (int64_t column_tile = 0; column_tile < tiles; ++column_tile) {
    const float* b = panel + column_tile * kPanelRows * kTile;
    const int64_t offset = PackedTileOffset(column_tile);
    for (int64_t row = 0; row < column_tile * kTile; row += kBlock) {
      const float* a = panel + (row / kTile) * kPanelRows * kTile + row % kTile;
      BlockTile<false>(count, a, kTile, b, kTile, base + offset + row * kTile, kTile,
                       packed + offset + row * kTile, kTile);
      fetcher.Step();
    }
    const int64_t rows = HWY_MIN(n, (column_tile + 1) * kTile);
    for (int64_t row = column_tile * kTile; row < rows; row += kBlock) {
      const int64_t diagonal = row % kTile;
      DiagonalBlockTile<false>(count, diagonal, b + diagonal, kTile, b, kTile,
                               base + offset + row * kTile, kTile, packed + offset + row * kTile,
                               kTile);
      fetcher.Step();
    }
  }
}

// Factorizes the kBlock x kBlock block at c (row stride 32): upper[r][s] = U_rs for s > r,
// inverse[r] = 1 / U_rr. Square roots come last: they are not on the chain of dependent steps,
// which is what this block costs.
HWY_INLINE bool FactorBlock(const float* c, float upper[kBlock][kBlock], float* inverse) {
  float a[kBlock][kBlock];
#pragma GCC unroll 16
  for (int r = 0; r < kBlock; ++r) {
#pragma GCC unroll 16
    for (int s = r; s < kBlock; ++s) a[r][s] = c[r * kTile + s];
  }
#pragma GCC unroll 16
  for (int r = 0; r < kBlock; ++r) {
    const float reciprocal = 1.0f / a[r][r];
#pragma GCC unroll 16
    for (int s = r + 1; s < kBlock; ++s) {
      const float factor = a[r][s] * reciprocal;
#pragma GCC unroll 16
      for (int t = s; t < kBlock; ++t) a[s][t] -= factor * a[r][t];
    }
  }
  bool positive = true;
#pragma GCC unroll 16
  for (int r = 0; r < kBlock; ++r) {
    positive = positive && a[r][r] > 0.0f && a[r][r] <= std::numeric_limits<float>::max();
    inverse[r] = 1.0f / std::sqrt(a[r][r]);
#pragma GCC unroll 16
    for (int s = r + 1; s < kBlock; ++s) upper[r][s] = a[r][s] * inverse[r];
  }
  return positive;
}

// The triangular solve of the block's rows in one tile, the diagonal's own included.
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

// What lies left of the diagonal is never read as a factor, but it meets zeros of x in
// BackSubstitute.
HWY_INLINE void ClearLeftOfDiagonal(float* c, int64_t diagonal) {
  const hn::CappedTag<float, 8> d;
  constexpr int64_t kWidth = static_cast<int64_t>(hn::MaxLanes(d));
  for (int64_t column = 0; column < diagonal; column += kWidth) {
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) hn::StoreU(hn::Zero(d), d, c + r * kTile + column);
  }
#pragma GCC unroll 16
  for (int r = 1; r < kBlock; ++r) {
#pragma GCC unroll 16
    for (int s = 0; s < r; ++s) c[r * kTile + diagonal + s] = 0.0f;
  }
}

// y[0..kBlock) = rhs - sum over k < count of a[k][0..kBlock) y_solved[k]: four chains, so that it
// is not the latency of one that it waits for.
HWY_INLINE void SubtractSolved(int64_t count, const float* a, const float* solved, const float* rhs,
                               float* y) {
  const hn::CappedTag<float, 8> d;
  constexpr int64_t kWidth = static_cast<int64_t>(hn::MaxLanes(d));
  for (int64_t lane = 0; lane < kBlock; lane += kWidth) {
    auto sum0 = hn::LoadU(d, rhs + lane);
    auto sum1 = hn::Zero(d);
    auto sum2 = hn::Zero(d);
    auto sum3 = hn::Zero(d);
    // A block begins at a multiple of 8, so count is one, too.
    for (int64_t k = 0; k < count; k += 4) {
      const float* rows = a + k * kTile + lane;
      sum0 = hn::NegMulAdd(hn::Set(d, solved[k]), hn::LoadU(d, rows), sum0);
      sum1 = hn::NegMulAdd(hn::Set(d, solved[k + 1]), hn::LoadU(d, rows + kTile), sum1);
      sum2 = hn::NegMulAdd(hn::Set(d, solved[k + 2]), hn::LoadU(d, rows + 2 * kTile), sum2);
      sum3 = hn::NegMulAdd(hn::Set(d, solved[k + 3]), hn::LoadU(d, rows + 3 * kTile), sum3);
    }
    hn::StoreU(hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3)), d, y + lane);
  }
}

// A = U^T U in place, and y = U^-T rhs beside it. rhs and y: 32 * tiles floats; they may be the
// same.
HWY_INLINE bool FactorAndForward(int64_t n, float* packed, float* inverse, const float* rhs,
                                 float* y) {
  const int64_t tiles = TilesOf(n);
  for (int64_t row = 0; row < n; row += kBlock) {
    const int64_t row_tile = row / kTile;
    const int64_t diagonal = row % kTile;
    const float* a = packed + PackedTileOffset(row_tile) + diagonal;
    float* own_tile = packed + PackedTileOffset(row_tile);
    float* own = own_tile + row * kTile;
    HWY_ALIGN float upper[kBlock][kBlock];
    DiagonalBlockTile<true>(row, diagonal, a, kTile, own_tile, kTile, own, kTile, own, kTile);
    if (!FactorBlock(own + diagonal, upper, inverse + row)) return false;
    SolveBlockTile(own, upper, inverse + row);
    ClearLeftOfDiagonal(own, diagonal);
    for (int64_t column_tile = row_tile + 1; column_tile < tiles; ++column_tile) {
      float* tile = packed + PackedTileOffset(column_tile);
      float* c = tile + row * kTile;
      BlockTile<true>(row, a, kTile, tile, kTile, c, kTile, c, kTile);
      SolveBlockTile(c, upper, inverse + row);
    }
    HWY_ALIGN float rest[kBlock];
    SubtractSolved(row, a, y, rhs + row, rest);
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) {
      y[row + r] = rest[r] * inverse[row + r];
#pragma GCC unroll 16
      for (int s = r + 1; s < kBlock; ++s) rest[s] -= upper[r][s] * y[row + r];
    }
  }
  return true;
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
    HWY_ALIGN float rest[kBlock];
#pragma GCC unroll 16
    for (int r = 0; r < kBlock; ++r) {
      rest[r] = y[first + r] - hn::GetLane(hn::SumOfLanes(d, acc[r]));
    }
#pragma GCC unroll 16
    for (int r = kBlock - 1; r >= 0; --r) {
      const float solved = rest[r] * inverse[first + r];
      x[first + r] = solved;
#pragma GCC unroll 16
      for (int s = 0; s < r; ++s) rest[s] -= diagonal[s * kTile + r] * solved;
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
  for (int64_t row = 0; row < n; ++row) y[row] = rhs[row];
  for (int64_t row = n; row < padded; ++row) y[row] = 0.0f;
  if (!FactorAndForward(n, packed, inverse, y, y)) return false;
  BackSubstitute(n, packed, inverse, y, solution);
  for (int64_t row = 0; row < n; ++row) x[row] = solution[row];
  return true;
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
