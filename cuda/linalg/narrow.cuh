#ifndef TIDEWRIGHT_CUDA_LINALG_NARROW_CUH_
#define TIDEWRIGHT_CUDA_LINALG_NARROW_CUH_

#include "cuda/core/primitives.cuh"
#include "host/core/narrow_floats.h"

namespace tidewright {

// Factors as they are gathered, four neighbours at a time, whatever they are stored in.

// The two 16-bit numbers of a word, the lower half first.
__device__ inline float2 WidenPair(uint32_t word, Bf16) {
  return {__uint_as_float(word << 16), __uint_as_float(word & 0xffff0000u)};
}
__device__ inline float2 WidenPair(uint32_t word, Fp16) {
  return {FloatOfHalf(word & 0xffffu), FloatOfHalf(word >> 16)};
}

// Zeros where not `valid`, and nothing is read.
__device__ inline float4 LoadFour(const float* from, bool valid) {
  return valid ? *reinterpret_cast<const float4*>(from) : float4{0.0f, 0.0f, 0.0f, 0.0f};
}
template <class Element>
__device__ inline float4 LoadFour(const Element* from, bool valid) {
  const float2 words = valid ? *reinterpret_cast<const float2*>(from) : float2{0.0f, 0.0f};
  const float2 low = WidenPair(__float_as_uint(words.x), Element());
  const float2 high = WidenPair(__float_as_uint(words.y), Element());
  return {low.x, low.y, high.x, high.y};
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LINALG_NARROW_CUH_
