// Included once for every instruction set by row_gram.cpp (Highway's foreach_target): no include
// guard on purpose.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstdint>
#include <type_traits>

#include "host/linalg/ahead_fetcher.h"
#include "host/linalg/packed.h"
#include "host/linalg/row_gram.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 16>;
using Quad = hn::CappedTag<float, 4>;
inline constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(F()));
// The register tile: kRows x 4 inner products. 24 accumulators and what feeds them fill the 32
// registers of AVX-512, 12 the 16 of the others.
inline constexpr int kRows = kLanes >= 16 ? 6 : 3;
inline constexpr int kColumns = 4;
// Columns of a panel that are worked on at a time: the rows of a tile stay in the first cache.
inline constexpr int64_t kDepth = 512;

// The two templates below name Highway's functions unqualified: its scalar target does not have
// them, and takes the other branch.
template <class D, class V>
HWY_INLINE hn::Vec<Quad> FoldToQuad(D d, V v) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return v;
  } else {
    const hn::Half<D> half;
    return FoldToQuad(half, hn::Add(LowerHalf(half, v), UpperHalf(half, v)));
  }
}

// to[0..4) (+)= {sum of a, sum of b, sum of c, sum of d}.
template <class D, class V>
HWY_INLINE void StoreSums(D f, V a, V b, V c, V d, bool add, float* to) {
  if constexpr (kLanes < 4) {
    const V all[4] = {a, b, c, d};
    for (int i = 0; i < 4; ++i) {
      to[i] = (add ? to[i] : 0.0f) + hn::GetLane(hn::SumOfLanes(f, all[i]));
    }
  } else {
    const hn::RepartitionToWide<D> wide;
    const auto ab = hn::Add(InterleaveLower(f, a, b), InterleaveUpper(f, a, b));
    const auto cd = hn::Add(InterleaveLower(f, c, d), InterleaveUpper(f, c, d));
    const auto low = InterleaveLower(wide, hn::BitCast(wide, ab), hn::BitCast(wide, cd));
    const auto high = InterleaveUpper(wide, hn::BitCast(wide, ab), hn::BitCast(wide, cd));
    const auto sums = FoldToQuad(f, hn::Add(hn::BitCast(f, low), hn::BitCast(f, high)));
    const Quad quad;
    hn::Store(add ? hn::Add(hn::Load(quad, to), sums) : sums, quad, to);
  }
}

// The products of panel rows [row, row + kRows) with [column, column + 4), into the packed matrix:
// rows below `count` and not left of the diagonal's group.
HWY_INLINE void GramTile(const float* HWY_RESTRICT panel, int64_t stride, int64_t depth,
                         int64_t row, int64_t column, int64_t count, bool add,
                         float* HWY_RESTRICT packed) {
  const F d;
  hn::Vec<F> acc[kRows][kColumns];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int c = 0; c < kColumns; ++c) acc[r][c] = hn::Zero(d);
  }
  const float* a = panel + row * stride;
  const float* b = panel + column * stride;
  for (int64_t k = 0; k < depth; k += kLanes) {
    hn::Vec<F> left[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) left[r] = hn::Load(d, a + r * stride + k);
#pragma GCC unroll 16
    for (int c = 0; c < kColumns; ++c) {
      const auto right = hn::Load(d, b + c * stride + k);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) acc[r][c] = hn::MulAdd(left[r], right, acc[r][c]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    if (row + r < count && row + r < column + kColumns) {
      StoreSums(d, acc[r][0], acc[r][1], acc[r][2], acc[r][3], add,
                packed + PackedIndex(row + r, column));
    }
  }
}

void RowGramKernel(float* panel, int64_t n, int64_t count, float* packed,
                   const GatherAhead& ahead) {
  const F d;
  const int64_t stride = RowPanelStride(n);
  const int64_t padded = (n + 15) / 16 * 16;
  for (int64_t i = count * stride; i < (count + kRowPanelSlack) * stride; i += kLanes) {
    hn::Store(hn::Zero(d), d, panel + i);
  }
  // Beyond `count` the last tile is zero, which CholeskySolve turns into an identity.
  const int64_t last = TilesOf(count) - 1;
  float* tile = packed + PackedTileOffset(last);
  const int64_t tile_rows = HWY_MIN((count + 7) / 8 * 8, (last + 1) * kTile);
  for (int64_t i = 0; i < tile_rows * kTile; i += kLanes) hn::Store(hn::Zero(d), d, tile + i);
  // A little more than half of all tiles are on or above the diagonal.
  const int64_t calls = (count + kRows - 1) / kRows * ((count + kColumns - 1) / kColumns) / 2 + 1;
  AheadFetcher fetcher(ahead, n, calls);
  for (int64_t first = 0; first < padded; first += kDepth) {
    const int64_t depth = HWY_MIN(kDepth, padded - first);
    for (int64_t row = 0; row < count; row += kRows) {
      for (int64_t column = row / kColumns * kColumns; column < count; column += kColumns) {
        GramTile(panel + first, stride, depth, row, column, count, first > 0, packed);
        fetcher.Step();
      }
    }
  }
}

void GatherRowsKernel(const float* factors, int64_t stride, int64_t n, const int32_t* ids,
                      int64_t count, const float* row_scale, const float* column_scale,
                      float* panel) {
  const F d;
  constexpr int64_t kAhead = 4;
  const int64_t to_stride = RowPanelStride(n);
  const int64_t padded = (n + 15) / 16 * 16;
  for (int64_t k = 0; k < count; ++k) {
    if (k + kAhead < count) {
      const float* next = factors + static_cast<int64_t>(ids[k + kAhead]) * stride;
      for (int64_t column = 0; column < n; column += 16) hwy::Prefetch(next + column);
    }
    const float* from = factors + static_cast<int64_t>(ids[k]) * stride;
    float* to = panel + k * to_stride;
    const auto scale = hn::Set(d, row_scale[k]);
    for (int64_t column = 0; column < padded; column += kLanes) {
      const auto scaled = hn::Mul(scale, hn::Load(d, column_scale + column));
      hn::Store(hn::Mul(scaled, hn::Load(d, from + column)), d, to + column);
    }
  }
}

float CombineRowsKernel(const float* panel, int64_t n, int64_t count, const float* weights,
                        const float* column_scale, float* y) {
  const F d;
  constexpr int64_t kVectors = 4;
  const int64_t stride = RowPanelStride(n);
  const int64_t padded = (n + 15) / 16 * 16;
  int64_t column = 0;
  auto squares = hn::Zero(d);
  const auto strip = [&](auto vectors) HWY_ATTR {
    constexpr int64_t kCount = decltype(vectors)::value;
    hn::Vec<F> acc[kCount];
#pragma GCC unroll 16
    for (int64_t v = 0; v < kCount; ++v) acc[v] = hn::Zero(d);
    const float* from = panel + column;
    for (int64_t k = 0; k < count; ++k, from += stride) {
      const auto weight = hn::Set(d, weights[k]);
#pragma GCC unroll 16
      for (int64_t v = 0; v < kCount; ++v) {
        acc[v] = hn::MulAdd(weight, hn::Load(d, from + v * kLanes), acc[v]);
      }
    }
#pragma GCC unroll 16
    for (int64_t v = 0; v < kCount; ++v) {
      const int64_t at = column + v * kLanes;
      const auto value = hn::Mul(acc[v], hn::Load(d, column_scale + at));
      squares = hn::MulAdd(value, value, squares);
      hn::Store(value, d, y + at);
    }
    column += kCount * kLanes;
  };
  while (column + kVectors * kLanes <= padded) strip(std::integral_constant<int64_t, kVectors>());
  while (column < padded) strip(std::integral_constant<int64_t, 1>());
  return hn::GetLane(hn::SumOfLanes(d, squares));
}

void InverseRootsKernel(const float* values, int64_t n, float shift, float* roots) {
  const F d;
  const auto one = hn::Set(d, 1.0f);
  for (int64_t k = 0; k < n; k += kLanes) {
    hn::Store(hn::Div(one, hn::Sqrt(hn::Add(hn::Load(d, values + k), hn::Set(d, shift)))), d,
              roots + k);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
