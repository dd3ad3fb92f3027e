#ifndef TIDEWRIGHT_TESTS_EMULATION_CUDA_CORE_PRIMITIVES_CUH_
#define TIDEWRIGHT_TESTS_EMULATION_CUDA_CORE_PRIMITIVES_CUH_

#include <cmath>

#include "host/core/narrow_floats.h"
#include "tests/emulation/emulator.h"

// Stands in for the header of the same name under cuda/: tests that compile kernels for the host
// put tests/emulation/ first on the include path. The words of CUDA C++ become plain C++, and what
// threads of a block do together goes through the emulator.

#define __global__ inline
#define __device__
#define __shared__ static
#define __launch_bounds__(...)
#define TIDEWRIGHT_UNROLL

#define threadIdx (::tidewright::emulation::Current().thread_index)
#define blockIdx (::tidewright::emulation::Current().block_index)
#define blockDim (::tidewright::emulation::Current().block_size)
#define gridDim (::tidewright::emulation::Current().grid_size)

inline void __syncthreads() { tidewright::emulation::BlockBarrier(); }
inline void __syncwarp() { tidewright::emulation::WarpBarrier(); }

struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};

inline float __uint_as_float(uint32_t bits) { return std::bit_cast<float>(bits); }
inline uint32_t __float_as_uint(float value) { return std::bit_cast<uint32_t>(value); }
inline float rsqrtf(float value) { return 1.0f / std::sqrt(value); }
template <class T>
T atomicAdd(T* address, T value) {
  const T old = *address;
  *address += value;
  return old;
}

namespace tidewright {

constexpr int kWarpSize = emulation::kLanes;

inline int LaneId() { return static_cast<int>(threadIdx.x) % kWarpSize; }
inline int WarpId() { return static_cast<int>(threadIdx.x) / kWarpSize; }
inline int WarpCount() { return static_cast<int>(blockDim.x) / kWarpSize; }

inline unsigned char* DynamicShared() { return emulation::Current().shared; }

// The copy happens when it is waited for, and not before: a wait that is missing shows.
inline void CopyAsync16(float* shared, const float* global, bool valid) {
  emulation::Current().StartCopy(shared, global, valid);
}
inline void CopyAsyncCommit() { emulation::Current().CommitCopies(); }
template <int kPending>
void CopyAsyncWait() {
  emulation::Current().WaitForCopies(kPending);
}

inline uint32_t RoundTf32(float value) {
  return (std::bit_cast<uint32_t>(value) + 0x1000u) & 0xffffe000u;
}

inline float FloatOfHalf(uint32_t bits) { return Widen(Fp16{static_cast<uint16_t>(bits)}); }

inline void MmaTf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  struct Fragments {
    uint32_t a[4];
    uint32_t b[2];
  };
  const auto all = emulation::ExchangeInWarp(Fragments{{a[0], a[1], a[2], a[3]}, {b[0], b[1]}});
  // The tensor core reads sign, exponent and 10 mantissa bits.
  const auto number = [](uint32_t bits) { return std::bit_cast<float>(bits & 0xffffe000u); };
  const int lane = LaneId();
  for (int e = 0; e < 4; ++e) {
    const int row = lane / 4 + 8 * (e / 2);
    const int column = 2 * (lane % 4) + e % 2;
    double sum = d[e];
    for (int k = 0; k < 8; ++k) {
      const float left = number(all[4 * (row % 8) + k % 4].a[row / 8 + 2 * (k / 4)]);
      const float right = number(all[4 * column + k % 4].b[k / 4]);
      sum += static_cast<double>(left) * right;
    }
    d[e] = static_cast<float>(sum);
  }
}

template <class T>
T ShuffleFrom(T value, int lane) {
  return emulation::ExchangeInWarp(value)[lane];
}
template <class T>
T ShuffleXor(T value, int mask) {
  return emulation::ExchangeInWarp(value)[LaneId() ^ mask];
}
template <class T>
T WarpSum(T value) {
  for (int mask = kWarpSize / 2; mask > 0; mask /= 2) value += ShuffleXor(value, mask);
  return value;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_EMULATION_CUDA_CORE_PRIMITIVES_CUH_
