// Passes over rows gathered where they lie: what the iterative iALS solvers are made of. Included
// once for every instruction set: no include guard on purpose.
#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
inline constexpr int64_t kPassLanes = static_cast<int64_t>(hn::MaxLanes(D()));

// A vector of a multiple of 4 floats folded onto its first four lanes. Unqualified calls: the
// scalar target lacks some of these, and does not come here.
template <class DV, class V>
HWY_INLINE auto FoldToFour(DV d, V v) {
  if constexpr (hn::MaxLanes(DV()) == 4) {
    return v;
  } else {
    const hn::Half<DV> half;
    return FoldToFour(half, Add(LowerHalf(half, v), UpperHalf(half, v)));
  }
}

// out[0..4) = the sums of the lanes of four vectors.
template <class DV, class V>
HWY_INLINE void SumFour(DV d, V a, V b, V c, V e, float* out) {
  if constexpr (hn::MaxLanes(DV()) < 4) {
    out[0] = hn::GetLane(hn::SumOfLanes(d, a));
    out[1] = hn::GetLane(hn::SumOfLanes(d, b));
    out[2] = hn::GetLane(hn::SumOfLanes(d, c));
    out[3] = hn::GetLane(hn::SumOfLanes(d, e));
  } else {
    const hn::RepartitionToWide<DV> wide;
    const auto ab = BitCast(wide, Add(InterleaveLower(d, a, b), InterleaveUpper(d, a, b)));
    const auto ce = BitCast(wide, Add(InterleaveLower(d, c, e), InterleaveUpper(d, c, e)));
    const auto sum =
        Add(BitCast(d, InterleaveLower(wide, ab, ce)), BitCast(d, InterleaveUpper(wide, ab, ce)));
    StoreU(FoldToFour(d, sum), hn::CappedTag<float, 4>(), out);
  }
}

// s[0..kCount) = <rows[k], v> over n floats, a multiple of 16.
template <int kCount>
HWY_INLINE void DotGroup(const float* const* rows, int64_t n, const float* HWY_RESTRICT v,
                         float* HWY_RESTRICT s) {
  const D d;
  hn::Vec<D> acc[kCount];
#pragma GCC unroll 16
  for (int r = 0; r < kCount; ++r) acc[r] = hn::Zero(d);
  for (int64_t column = 0; column < n; column += kPassLanes) {
    const auto right = hn::Load(d, v + column);
#pragma GCC unroll 16
    for (int r = 0; r < kCount; ++r) {
      acc[r] = hn::MulAdd(right, hn::Load(d, rows[r] + column), acc[r]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kCount; r += 4) {
    SumFour(d, acc[r], acc[r + 1], acc[r + 2], acc[r + 3], s + r);
  }
}

// The same for `count` rows, a multiple of 4.
HWY_INLINE void DotRows(const float* const* rows, int64_t count, int64_t n,
                        const float* HWY_RESTRICT v, float* HWY_RESTRICT s) {
  int64_t k = 0;
  for (; k + 8 <= count; k += 8) DotGroup<8>(rows + k, n, v, s + k);
  if (k < count) DotGroup<4>(rows + k, n, v, s + k);
}

// q[0..kVectors vectors) += sum of w[k] rows[k], kWays rows at a time: so many chains hide the
// latency of a fused multiply-add. `count` is a multiple of 4.
template <int kVectors, int kWays>
HWY_INLINE void AddColumns(const float* const* rows, const float* HWY_RESTRICT w, int64_t count,
                           int64_t column, float* HWY_RESTRICT q) {
  const D d;
  hn::Vec<D> acc[kWays][kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    acc[0][v] = hn::Load(d, q + column + v * kPassLanes);
#pragma GCC unroll 16
    for (int way = 1; way < kWays; ++way) acc[way][v] = hn::Zero(d);
  }
  for (int64_t k = 0; k < count; k += kWays) {
#pragma GCC unroll 16
    for (int way = 0; way < kWays; ++way) {
      const auto weight = hn::Set(d, w[k + way]);
      const float* row = rows[k + way] + column;
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        acc[way][v] = hn::MulAdd(weight, hn::Load(d, row + v * kPassLanes), acc[way][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 16
    for (int way = 1; way < kWays; ++way) acc[0][v] = hn::Add(acc[0][v], acc[way][v]);
    hn::Store(acc[0][v], d, q + column + v * kPassLanes);
  }
}

// q[n] += sum of w[k] rows[k] over `count` rows, a multiple of 4; n is a multiple of 16.
HWY_INLINE void AddRows(const float* const* rows, const float* HWY_RESTRICT w, int64_t count,
                        int64_t n, float* HWY_RESTRICT q) {
  int64_t column = 0;
  for (; column + 8 * kPassLanes <= n; column += 8 * kPassLanes) {
    AddColumns<8, 1>(rows, w, count, column, q);
  }
  if (column + 4 * kPassLanes <= n) {
    AddColumns<4, 2>(rows, w, count, column, q);
    column += 4 * kPassLanes;
  }
  if (column + 2 * kPassLanes <= n) {
    AddColumns<2, 4>(rows, w, count, column, q);
    column += 2 * kPassLanes;
  }
  if (column < n) AddColumns<1, 4>(rows, w, count, column, q);
}

// <a, b> over n floats, a multiple of 16; in four chains where there are as many vectors.
HWY_INLINE double Dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, int64_t n) {
  const D d;
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 4 * kPassLanes <= n; i += 4 * kPassLanes) {
    sum0 = hn::MulAdd(hn::Load(d, a + i), hn::Load(d, b + i), sum0);
    sum1 = hn::MulAdd(hn::Load(d, a + i + kPassLanes), hn::Load(d, b + i + kPassLanes), sum1);
    sum2 =
        hn::MulAdd(hn::Load(d, a + i + 2 * kPassLanes), hn::Load(d, b + i + 2 * kPassLanes), sum2);
    sum3 =
        hn::MulAdd(hn::Load(d, a + i + 3 * kPassLanes), hn::Load(d, b + i + 3 * kPassLanes), sum3);
  }
  for (; i < n; i += kPassLanes) sum0 = hn::MulAdd(hn::Load(d, a + i), hn::Load(d, b + i), sum0);
  sum0 = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum0)));
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
