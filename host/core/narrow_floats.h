#ifndef TIDEWRIGHT_HOST_CORE_NARROW_FLOATS_H_
#define TIDEWRIGHT_HOST_CORE_NARROW_FLOATS_H_

#include <cstdint>
#include <cstring>

#include "host/core/host_device.h"

namespace tidewright {

// Floats of 16 bits, by integer arithmetic alone: the same numbers on every machine and device.
// Narrowing rounds to nearest, ties to even; what is too large becomes an infinity, a NaN stays
// one, subnormal numbers are kept. Widening is exact.

struct Bf16 {  // sign, 8 exponent and 7 mantissa bits: the upper half of a float
  uint16_t bits = 0;
};
struct Fp16 {  // sign, 5 exponent and 10 mantissa bits: at most 65504, at least 2^-24
  uint16_t bits = 0;
};

TIDEWRIGHT_HOST_DEVICE inline uint32_t BitsOfFloat(float value) {
  uint32_t bits = 0;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}
TIDEWRIGHT_HOST_DEVICE inline float FloatFromBits(uint32_t bits) {
  float value = 0;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

TIDEWRIGHT_HOST_DEVICE inline float Widen(float value) { return value; }
TIDEWRIGHT_HOST_DEVICE inline float Widen(Bf16 value) {
  return FloatFromBits(static_cast<uint32_t>(value.bits) << 16);
}
TIDEWRIGHT_HOST_DEVICE inline float Widen(Fp16 value) {
  const uint32_t sign = (value.bits & 0x8000u) << 16;
  const uint32_t magnitude = value.bits & 0x7fffu;
  if (magnitude >= 0x7c00u) return FloatFromBits(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
  if (magnitude >= 0x400u) return FloatFromBits(sign | ((magnitude << 13) + 0x38000000u));
  const float subnormal = static_cast<float>(magnitude) * 0x1p-24f;
  return FloatFromBits(sign | BitsOfFloat(subnormal));
}

TIDEWRIGHT_HOST_DEVICE inline void Narrow(float value, float* to) { *to = value; }
TIDEWRIGHT_HOST_DEVICE inline void Narrow(float value, Bf16* to) {
  const uint32_t bits = BitsOfFloat(value);
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  const uint32_t rounded = is_nan ? bits | 0x400000u : bits + 0x7fffu + ((bits >> 16) & 1u);
  to->bits = static_cast<uint16_t>(rounded >> 16);
}
TIDEWRIGHT_HOST_DEVICE inline void Narrow(float value, Fp16* to) {
  const uint32_t bits = BitsOfFloat(value);
  const uint32_t magnitude = bits & 0x7fffffffu;
  uint32_t narrow = 0;
  if (magnitude > 0x7f800000u) {
    narrow = 0x7e00u;
  } else if (magnitude >= 0x477ff000u) {  // 65520, halfway to what comes after 65504
    narrow = 0x7c00u;
  } else if (magnitude < 0x38800000u) {
    // Below 2^-14 numbers are multiples of 2^-24, which is the last bit of what lies in [0.5, 1).
    narrow = BitsOfFloat(FloatFromBits(magnitude) + 0.5f) - BitsOfFloat(0.5f);
  } else {
    narrow = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  }
  to->bits = static_cast<uint16_t>((bits >> 16 & 0x8000u) | narrow);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_NARROW_FLOATS_H_
