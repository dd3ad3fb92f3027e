// Included once for every instruction set by cg.cpp (Highway's foreach_target): no include guard on
// purpose.
#include <hwy/highway.h>

#include <cstdint>

#include "host/ials/entry_pass.h"
#include "host/ials/gathered_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

// One pass of a row over its entries, as EntryPass describes it. Each chunk of gathered rows is
// read for the products and, still in the first cache, for the sum.
double CgPassKernel(const EntryPass& pass, const float* v, float* q) {
  constexpr int64_t kMaxChunk = 64;
  constexpr int64_t kGroup = 16;
  const D d;
  const int64_t n = pass.stride;
  const int64_t chunk = HWY_MAX(8, HWY_MIN(kMaxChunk, 6144 / n / 8 * 8));
  const float* rows[kMaxChunk];
  HWY_ALIGN float s[kMaxChunk];
  HWY_ALIGN float w[kMaxChunk];
  HWY_ALIGN float rest[kGroup];
  const auto alpha = hn::Set(d, pass.alpha);
  const auto one = hn::Set(d, 1.0f);
  const auto liked = hn::Set(d, pass.target);
  double sum = 0;
  for (int64_t first = 0; first < pass.count; first += chunk) {
    const int64_t count = HWY_MIN(chunk, pass.count - first);
    for (int64_t k = 0; k < count; ++k) {
      rows[k] = pass.fixed + static_cast<int64_t>(pass.ids[first + k]) * n;
    }
    // What fills the last group is a row in the cache, with error 0 and so weight 0.
    const int64_t groups = (count + 3) / 4 * 4;
    for (int64_t k = count; k < groups; ++k) rows[k] = rows[count - 1];
    DotRows(rows, groups, n, v, s);
    auto total = hn::Zero(d);
    for (int64_t k = 0; k < count; k += kGroup) {
      const float* values = pass.values + first + k;
      if (k + kGroup > count) {
        for (int64_t i = 0; i < kGroup; ++i) rest[i] = k + i < count ? values[i] : 0.0f;
        for (int64_t i = count; i < k + kGroup; ++i) s[i] = 0.0f;
        values = rest;
      }
      for (int64_t i = 0; i < kGroup; i += kPassLanes) {
        const auto value = hn::LoadU(d, values + i);
        const auto target = hn::IfThenElseZero(hn::Gt(value, hn::Zero(d)), liked);
        const auto error = hn::Sub(hn::Load(d, s + k + i), target);
        const auto weight = hn::Mul(hn::MulAdd(alpha, hn::Abs(value), one), error);
        hn::Store(weight, d, w + k + i);
        total = hn::MulAdd(weight, error, total);
      }
    }
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, total)));
    if (q != nullptr) AddRows(rows, w, groups, n, q);
  }
  return sum;
}

// g += shift v; returns <v, g>.
double CgShiftKernel(int64_t n, float shift, const float* v, float* g) {
  const D d;
  const auto factor = hn::Set(d, shift);
  for (int64_t i = 0; i < n; i += kPassLanes) {
    hn::Store(hn::MulAdd(factor, hn::Load(d, v + i), hn::Load(d, g + i)), d, g + i);
  }
  return Dot(v, g, n);
}

// r = p = -g; returns <r, r>.
double CgBeginKernel(int64_t n, const float* g, float* r, float* p) {
  const D d;
  for (int64_t i = 0; i < n; i += kPassLanes) {
    const auto residual = hn::Neg(hn::Load(d, g + i));
    hn::Store(residual, d, r + i);
    hn::Store(residual, d, p + i);
  }
  return Dot(r, r, n);
}

// x += step p.
void CgMoveKernel(int64_t n, float step, const float* p, float* x) {
  const D d;
  const auto factor = hn::Set(d, step);
  for (int64_t i = 0; i < n; i += kPassLanes) {
    hn::Store(hn::MulAdd(factor, hn::Load(d, p + i), hn::Load(d, x + i)), d, x + i);
  }
}

// r -= step q; p = r + beta p with beta = <r, r> / before; returns <r, r>.
double CgTurnKernel(int64_t n, float step, double before, const float* q, float* r, float* p) {
  const D d;
  CgMoveKernel(n, -step, q, r);
  const double square = Dot(r, r, n);
  const auto beta = hn::Set(d, static_cast<float>(square / before));
  for (int64_t i = 0; i < n; i += kPassLanes) {
    hn::Store(hn::MulAdd(beta, hn::Load(d, p + i), hn::Load(d, r + i)), d, p + i);
  }
  return square;
}

double CgDotKernel(int64_t n, const float* a, const float* b) { return Dot(a, b, n); }

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
