#ifndef TIDEWRIGHT_HOST_GBDT_GBDT_CORE_H_
#define TIDEWRIGHT_HOST_GBDT_GBDT_CORE_H_

#include <cstdint>
#include <cstring>

#include "host/core/host_device.h"
#include "host/core/portable_math.h"

namespace tidewright {

// The arithmetic of boosted trees, for both twins. Every step is a single IEEE operation (compiled
// without contraction to fused multiply-add) or integer, so that host and device, and every width
// of SIMD, give the same bits; no libm, whose last digit differs from one system to the next.

TIDEWRIGHT_HOST_DEVICE inline float FloatOfBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

// e^x for x in [-87, 0], to 2 units in the last place (Cephes expf).
TIDEWRIGHT_HOST_DEVICE inline float ExpOfNegative(float x) {
  x = x < -87.0f ? -87.0f : x;
  // Adding and subtracting 1.5 * 2^23 rounds to an integer.
  const float k = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  const float r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float exp_r = p * (r * r) + r + 1.0f;
  return exp_r * FloatOfBits(static_cast<uint32_t>(static_cast<int32_t>(k) + 127) << 23);
}

// log(1 + e) for e in [0, 1]: 2 atanh(e / (2 + e)) as a series.
TIDEWRIGHT_HOST_DEVICE inline float LogOnePlus(float e) {
  const float s = e / (2.0f + e);
  const float s2 = s * s;
  float p = 1.0f / 15;
  p = p * s2 + 1.0f / 13;
  p = p * s2 + 1.0f / 11;
  p = p * s2 + 1.0f / 9;
  p = p * s2 + 1.0f / 7;
  p = p * s2 + 1.0f / 5;
  p = p * s2 + 1.0f / 3;
  p = p * s2 + 1.0f;
  return 2.0f * (s * p);
}

// Of one row of weight 1.
struct RowGradient {
  float gradient;  // p - y
  float hessian;   // p (1 - p)
};

TIDEWRIGHT_HOST_DEVICE inline RowGradient GradientOf(float margin, float label) {
  const float e = ExpOfNegative(margin < 0 ? margin : -margin);
  const float large = 1.0f / (1.0f + e);
  const float small = e * large;
  const float p = margin < 0 ? small : large;
  const float q = margin < 0 ? large : small;
  return {label > 0.5f ? -q : p, large * small};
}

// -log of the probability of what happened.
TIDEWRIGHT_HOST_DEVICE inline float LogLossOf(float margin, float label) {
  const float against = label > 0.5f ? -margin : margin;
  const float size = margin < 0 ? -margin : margin;
  return (against > 0 ? against : 0.0f) + LogOnePlus(ExpOfNegative(-size));
}

// 1 / (1 + exp(-margin)) in double, without libm: what early stopping watches decides what the
// model is.
inline double PortableProbability(float margin) {
  const double size = margin < 0 ? -static_cast<double>(margin) : static_cast<double>(margin);
  const double e = PortableExpOfNegative(-size);
  return margin < 0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

// Gradients are kept as multiples of a power of two, 16 bits each, rounded up or down by chance so
// that sums are unbiased even where a row's gradient is below the unit. In a word of 64 bits, the
// gradient above the hessian, kPackedRows of them add up without overflow.
inline constexpr int32_t kQuantumLimit = 32767;
inline constexpr int64_t kPackedRows = 65536;

struct Quantum {
  float gradient_scale = 1;  // powers of two: quantised = value * scale
  float hessian_scale = 1;
};

// The largest power of two by which `largest` stays within the limit after rounding up.
TIDEWRIGHT_HOST_DEVICE inline float QuantumScale(float largest) {
  float scale = 1;
  if (!(largest > 0)) return scale;
  const float limit = static_cast<float>(kQuantumLimit - 1);
  while (largest * scale > limit && scale > 1e-30f) scale *= 0.5f;
  while (largest * scale * 2 <= limit && scale < 1e30f) scale *= 2;
  return scale;
}

// A well mixed word for a counter (the finaliser of MurmurHash3).
TIDEWRIGHT_HOST_DEVICE inline uint32_t MixedBits(uint32_t x) {
  x ^= x >> 16;
  x *= 0x85EBCA6BU;
  x ^= x >> 13;
  x *= 0xC2B2AE35U;
  return x ^ (x >> 16);
}

// The row's gradient and hessian as they are summed: int16 above, uint16 below.
TIDEWRIGHT_HOST_DEVICE inline uint32_t QuantisedPair(RowGradient row, float weight, Quantum quantum,
                                                     uint32_t bits) {
  const float up_g = static_cast<float>(bits >> 16) * (1.0f / 65536);
  const float up_h = static_cast<float>(bits & 0xFFFFU) * (1.0f / 65536);
  const float g = row.gradient * weight * quantum.gradient_scale + up_g;
  const float h = row.hessian * weight * quantum.hessian_scale + up_h;
  // Cutting off rounds towards zero: the shift makes that down.
  const int32_t whole_g = static_cast<int32_t>(g + 32768.0f) - 32768;
  const int32_t whole_h = static_cast<int32_t>(h);
  return (static_cast<uint32_t>(whole_g) << 16) | static_cast<uint32_t>(whole_h);
}

// That pair as a word that adds up: gradient in the upper half.
TIDEWRIGHT_HOST_DEVICE inline int64_t PackedWord(uint32_t pair) {
  const int64_t gradient = static_cast<int32_t>(pair) >> 16;
  return gradient * 4294967296 + static_cast<int64_t>(pair & 0xFFFFU);
}
TIDEWRIGHT_HOST_DEVICE inline int64_t PackedGradient(int64_t word) { return word >> 32; }
TIDEWRIGHT_HOST_DEVICE inline int64_t PackedHessian(int64_t word) { return word & 0xFFFFFFFF; }

// What a leaf is worth and a split gains; sums in real units.
struct LeafRule {
  double l1 = 0;
  double l2 = 1;
  double min_child_weight = 1;
};

TIDEWRIGHT_HOST_DEVICE inline double Shrunk(double g, double l1) {
  const double size = (g < 0 ? -g : g) - l1;
  const double left = size > 0 ? size : 0.0;
  return g < 0 ? -left : left;
}

// The value that a leaf's objective is least at, before the learning rate.
TIDEWRIGHT_HOST_DEVICE inline double LeafWeight(double g, double h, const LeafRule& rule) {
  const double denominator = h + rule.l2;
  return denominator > 0 ? -Shrunk(g, rule.l1) / denominator : 0.0;
}

// Twice what the objective falls by with a leaf at its best value.
TIDEWRIGHT_HOST_DEVICE inline double LeafScore(double g, double h, const LeafRule& rule) {
  const double t = Shrunk(g, rule.l1);
  const double denominator = h + rule.l2;
  return denominator > 0 ? t * t / denominator : 0.0;
}

// The same with the leaf at `weight`.
TIDEWRIGHT_HOST_DEVICE inline double LeafScoreAt(double g, double h, double weight,
                                                 const LeafRule& rule) {
  const double size = weight < 0 ? -weight : weight;
  return -(2 * g * weight + (h + rule.l2) * weight * weight + 2 * rule.l1 * size);
}

// The scores of both children, by one division.
TIDEWRIGHT_HOST_DEVICE inline double ChildrenScore(double left_g, double left_h, double right_g,
                                                   double right_h, const LeafRule& rule) {
  const double tl = (left_g < 0 ? -left_g : left_g) - rule.l1;
  const double tr = (right_g < 0 ? -right_g : right_g) - rule.l1;
  const double sl = tl > 0 ? tl : 0.0;
  const double sr = tr > 0 ? tr : 0.0;
  const double dl = left_h + rule.l2;
  const double dr = right_h + rule.l2;
  return (sl * sl * dr + sr * sr * dl) / (dl * dr);
}

// A split must gain more than this share of its children's score: less can be rounding alone.
inline constexpr double kLeastGain = 1e-10;

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_GBDT_CORE_H_
