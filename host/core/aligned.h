#ifndef TIDEWRIGHT_HOST_CORE_ALIGNED_H_
#define TIDEWRIGHT_HOST_CORE_ALIGNED_H_

#include <cstddef>
#include <vector>

namespace tidewright {

// Storage on 64-byte boundaries, as the SIMD kernels want it; large blocks on huge pages where the
// system has them: gathering rows at random otherwise waits for address translation more than for
// memory.
void* AllocateAligned(std::size_t bytes);  // throws std::bad_alloc
void FreeAligned(void* block);

template <class T>
struct AlignedAllocator {
  using value_type = T;

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}

  T* allocate(std::size_t n) { return static_cast<T*>(AllocateAligned(n * sizeof(T))); }
  void deallocate(T* p, std::size_t) { FreeAligned(p); }
  bool operator==(const AlignedAllocator&) const { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ALIGNED_H_
