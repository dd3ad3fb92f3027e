// Included once for every instruction set by ialspp.cpp (Highway's foreach_target): no include
// guard on purpose.
#include <hwy/highway.h>

#include <cstdint>

#include "host/ials/entry_pass.h"
#include "host/ials/gathered_rows-inl.h"
#include "host/linalg/packed.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

// Of a row's entries: scale = sqrt(c), error = sqrt(c) (p - <x, h>).
void FirstErrorsKernel(const EntryPass& pass, const float* x, float* scale, float* error) {
  constexpr int64_t kChunk = 16;
  const D d;
  const float* rows[kChunk];
  HWY_ALIGN float s[kChunk];
  HWY_ALIGN float values[kChunk];
  HWY_ALIGN float scales[kChunk];
  const auto one = hn::Set(d, 1.0f);
  const auto alpha = hn::Set(d, pass.alpha);
  for (int64_t first = 0; first < pass.count; first += kChunk) {
    const int64_t count = HWY_MIN(kChunk, pass.count - first);
    for (int64_t k = 0; k < count; ++k) {
      rows[k] = pass.fixed + static_cast<int64_t>(pass.ids[first + k]) * pass.stride;
      values[k] = pass.values[first + k];
    }
    for (int64_t k = count; k < kChunk; ++k) {
      rows[k] = rows[count - 1];
      values[k] = s[k] = 0.0f;
    }
    DotRows(rows, (count + 3) / 4 * 4, pass.stride, x, s);
    for (int64_t k = 0; k < kChunk; k += kPassLanes) {
      const auto value = hn::Load(d, values + k);
      const auto target = hn::IfThenElseZero(hn::Gt(value, hn::Zero(d)), one);
      const auto root = hn::Sqrt(hn::MulAdd(alpha, hn::Abs(value), one));
      hn::Store(root, d, scales + k);
      hn::Store(hn::Mul(root, hn::Sub(target, hn::Load(d, s + k))), d, s + k);
    }
    for (int64_t k = 0; k < count; ++k) {
      scale[first + k] = scales[k];
      error[first + k] = s[k];
    }
  }
}

// error[k] -= <row k of the panel, move> for k < count. move: `tiles` times 32 floats.
void PanelErrorsKernel(int64_t tiles, const float* panel, int64_t count, const float* move,
                       float* error) {
  constexpr int64_t kGroup = 8;
  const D d;
  for (int64_t first = 0; first < count; first += kGroup) {
    hn::Vec<D> acc[kGroup];
#pragma GCC unroll 16
    for (int64_t r = 0; r < kGroup; ++r) acc[r] = hn::Zero(d);
    for (int64_t tile = 0; tile < tiles; ++tile) {
      const float* from = panel + (tile * kPanelRows + first) * kTile;
      for (int64_t column = 0; column < kTile; column += kPassLanes) {
        const auto right = hn::Load(d, move + tile * kTile + column);
#pragma GCC unroll 16
        for (int64_t r = 0; r < kGroup; ++r) {
          acc[r] = hn::MulAdd(right, hn::Load(d, from + r * kTile + column), acc[r]);
        }
      }
    }
    // Rows of the last group beyond the count are rows of the panel, whatever they hold.
    float s[kGroup];
    SumFour(d, acc[0], acc[1], acc[2], acc[3], s);
    SumFour(d, acc[4], acc[5], acc[6], acc[7], s + 4);
    const int64_t used = HWY_MIN(kGroup, count - first);
    for (int64_t k = 0; k < used; ++k) error[first + k] -= s[k];
  }
}

double IalsppDotKernel(int64_t n, const float* a, const float* b) { return Dot(a, b, n); }

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
