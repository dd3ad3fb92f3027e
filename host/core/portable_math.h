#ifndef TIDEWRIGHT_HOST_CORE_PORTABLE_MATH_H_
#define TIDEWRIGHT_HOST_CORE_PORTABLE_MATH_H_

#include <cstdint>
#include <cstring>
#include <limits>

#include "host/core/host_device.h"

namespace tidewright {

// Logarithms and powers of e without libm, whose last digit differs from one system to the next and
// from host to device. Every step is a single IEEE operation or one on integers: compiled without
// contraction to fused multiply-add, every system and device gives the same bits.

namespace portable {

inline constexpr double kLn2High = 0.693147180369123816490;  // its last 32 bits are 0
inline constexpr double kLn2Low = 1.90821492927058770002e-10;
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TIDEWRIGHT_HOST_DEVICE inline double OfBits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

TIDEWRIGHT_HOST_DEVICE inline uint64_t BitsOf(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

}  // namespace portable

// log(x) to 2 units in the last place: x = 2^k m with m in [sqrt(1/2), sqrt(2)], and
// log(m) = 2 atanh(s) with s = (m - 1) / (m + 1) as a series.
TIDEWRIGHT_HOST_DEVICE inline double PortableLog(double x) {
  if (!(x > 0)) return x == 0 ? -portable::kInfinity : portable::kNaN;
  if (x == portable::kInfinity) return x;
  int64_t k = -1023;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984.0;
    k -= 54;
  }
  const uint64_t bits = portable::BitsOf(x);
  k += static_cast<int64_t>(bits >> 52);
  double m = portable::OfBits((bits & 0xFFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double s2 = s * s;
  double p = 1.0 / 23;
  for (int term = 21; term > 1; term -= 2) p = p * s2 + 1.0 / term;
  const double power = static_cast<double>(k);
  return power * portable::kLn2High + (2.0 * s + (2.0 * (s * s2 * p) + power * portable::kLn2Low));
}

// log(1 + x) to 3 units in the last place, for x >= 0.
TIDEWRIGHT_HOST_DEVICE inline double PortableLog1p(double x) {
  const double sum = 1.0 + x;
  if (sum == 1.0 || sum == portable::kInfinity) return x;
  // What rounding took from the sum comes back to first order.
  return PortableLog(sum) + (x - (sum - 1.0)) / sum;
}

// e^x for x in [-700, 0], below that as for -700: Taylor's series on [-ln 2 / 2, ln 2 / 2].
TIDEWRIGHT_HOST_DEVICE inline double PortableExpOfNegative(double x) {
  const double clipped = x < -700.0 ? -700.0 : x;
  // Adding and subtracting 1.5 * 2^52 rounds to an integer.
  const double k = (clipped * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0;
  const double r = (clipped - k * portable::kLn2High) - k * portable::kLn2Low;
  double p = 1.0;
  for (int term = 13; term > 0; --term) p = p * r / term + 1.0;
  return p * portable::OfBits(static_cast<uint64_t>(static_cast<int64_t>(k) + 1023) << 52);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_PORTABLE_MATH_H_
