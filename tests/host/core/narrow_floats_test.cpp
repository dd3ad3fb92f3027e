#include "host/core/narrow_floats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tidewright {
namespace {

// The number that a pattern stands for, from the format's definition.
double ByDefinition(uint32_t pattern, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const uint32_t mantissa = pattern & ((1u << mantissa_bits) - 1);
  const int exponent = static_cast<int>(pattern >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const double sign = pattern & 0x8000u ? -1.0 : 1.0;
  if (exponent == (1 << exponent_bits) - 1) {
    return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  const double digits = exponent == 0 ? mantissa : mantissa + std::ldexp(1.0, mantissa_bits);
  return sign * std::ldexp(digits, (exponent == 0 ? 1 : exponent) - bias - mantissa_bits);
}

template <class Narrowed>
uint32_t Bits(float value) {
  Narrowed narrowed;
  Narrow(value, &narrowed);
  return narrowed.bits;
}

template <class Narrowed>
void ExpectEveryPattern(int exponent_bits, int mantissa_bits) {
  for (uint32_t pattern = 0; pattern < 65536; ++pattern) {
    const double expected = ByDefinition(pattern, exponent_bits, mantissa_bits);
    const float widened = Widen(Narrowed{static_cast<uint16_t>(pattern)});
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(widened)) << pattern;
      ASSERT_TRUE(std::isnan(Widen(Narrowed{static_cast<uint16_t>(Bits<Narrowed>(widened))})));
      continue;
    }
    ASSERT_EQ(widened, expected) << pattern;
    ASSERT_EQ(std::signbit(widened), (pattern & 0x8000u) != 0) << pattern;
    ASSERT_EQ(Bits<Narrowed>(widened), pattern);
  }
}

// Between every two neighbours: a tie goes to the even one, all else to the nearer.
template <class Narrowed>
void ExpectNearest(int exponent_bits, int mantissa_bits) {
  const uint32_t infinity = ((1u << exponent_bits) - 1) << mantissa_bits;
  for (const uint32_t sign : {0u, 0x8000u}) {
    for (uint32_t low = 0; low < infinity; ++low) {
      const double below = ByDefinition(low, exponent_bits, mantissa_bits);
      // What would come after the largest number, were there more exponents.
      const double above = low + 1 < infinity
                               ? ByDefinition(low + 1, exponent_bits, mantissa_bits)
                               : 2 * below - ByDefinition(low - 1, exponent_bits, mantissa_bits);
      const float middle = static_cast<float>((below + above) / 2);
      ASSERT_EQ(middle, (below + above) / 2);
      const float factor = sign == 0 ? 1.0f : -1.0f;
      ASSERT_EQ(Bits<Narrowed>(factor * middle), sign | (low + (low & 1))) << low;
      ASSERT_EQ(Bits<Narrowed>(factor * std::nextafter(middle, 0.0f)), sign | low) << low;
      ASSERT_EQ(Bits<Narrowed>(factor * std::nextafter(middle, INFINITY)), sign | (low + 1)) << low;
    }
  }
}

TEST(NarrowFloats, EveryPatternIsTheNumberOfItsFormatAndComesBack) {
  ExpectEveryPattern<Bf16>(8, 7);
  ExpectEveryPattern<Fp16>(5, 10);
}

TEST(NarrowFloats, RoundToNearestAndTiesToEvenBetweenAllNeighbours) {
  ExpectNearest<Bf16>(8, 7);
  ExpectNearest<Fp16>(5, 10);
}

TEST(NarrowFloats, WhatIsTooLargeIsInfinite) {
  EXPECT_EQ(Widen(Fp16{static_cast<uint16_t>(Bits<Fp16>(65519.0f))}), 65504.0f);
  EXPECT_EQ(Widen(Fp16{static_cast<uint16_t>(Bits<Fp16>(65520.0f))}), INFINITY);
  EXPECT_EQ(Widen(Fp16{static_cast<uint16_t>(Bits<Fp16>(-1e30f))}), -INFINITY);
  EXPECT_EQ(Widen(Bf16{static_cast<uint16_t>(Bits<Bf16>(-3.4e38f))}), -INFINITY);
  EXPECT_EQ(Widen(Bf16{static_cast<uint16_t>(Bits<Bf16>(3e38f))}), 0x1.c4p127f);
}

}  // namespace
}  // namespace tidewright
