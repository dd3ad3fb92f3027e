#ifndef TIDEWRIGHT_CUDA_CORE_PRIMITIVES_CUH_
#define TIDEWRIGHT_CUDA_CORE_PRIMITIVES_CUH_

#include <cuda_runtime.h>

#include <cstdint>

// Everything that kernels use beyond plain C++, so that their bodies can also be run by the host
// emulator of tests/emulation/, which has a header of this name with the same functions.

#define TIDEWRIGHT_UNROLL _Pragma("unroll")

namespace tidewright {

constexpr int kWarpSize = 32;

__device__ inline int LaneId() { return static_cast<int>(threadIdx.x) % kWarpSize; }
__device__ inline int WarpId() { return static_cast<int>(threadIdx.x) / kWarpSize; }
__device__ inline int WarpCount() { return static_cast<int>(blockDim.x) / kWarpSize; }

// The block's dynamic shared memory, on a 16-byte boundary.
__device__ inline unsigned char* DynamicShared() {
  extern __shared__ __align__(16) unsigned char dynamic_shared[];
  return dynamic_shared;
}

// Starts copying 16 bytes from global to shared memory, or 16 zero bytes where not `valid` (nothing
// is read then, but `global` must be an address on a 16-byte boundary all the same).
__device__ inline void CopyAsync16(float* shared, const float* global, bool valid) {
  const uint32_t target = static_cast<uint32_t>(__cvta_generic_to_shared(shared));
  const int bytes = valid ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(global),
               "r"(bytes)
               : "memory");
}
__device__ inline void CopyAsyncCommit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
// Waits until at most `kPending` of this thread's latest groups are under way. Other threads see
// the copies after a barrier.
template <int kPending>
__device__ inline void CopyAsyncWait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

// To 10 mantissa bits, ties away from zero; the bits of a float whose low 13 bits are 0.
__device__ inline uint32_t RoundTf32(float value) {
  uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return bits;
}

// The number that 16 bits of IEEE 754 stand for.
__device__ inline float FloatOfHalf(uint32_t bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(static_cast<uint16_t>(bits)));
  return value;
}

// d[16 x 8] += a[16 x 8] b[8 x 8] over a warp. With group = lane / 4 and member = lane % 4:
// a: (group, member) (group + 8, member) (group, member + 4) (group + 8, member + 4);
// b: (member, group) (member + 4, group);
// d: (group, 2 member) (group, 2 member + 1) (group + 8, 2 member) (group + 8, 2 member + 1).
__device__ inline void MmaTf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

template <class T>
__device__ inline T ShuffleFrom(T value, int lane) {
  return __shfl_sync(0xffffffffu, value, lane);
}
template <class T>
__device__ inline T ShuffleXor(T value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}

// The sum over a warp, in a fixed order, on every lane.
template <class T>
__device__ inline T WarpSum(T value) {
  for (int mask = kWarpSize / 2; mask > 0; mask /= 2) value += ShuffleXor(value, mask);
  return value;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_PRIMITIVES_CUH_
