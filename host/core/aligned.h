#ifndef TIDEWRIGHT_HOST_CORE_ALIGNED_H_
#define TIDEWRIGHT_HOST_CORE_ALIGNED_H_

#include <cstddef>
#include <new>
#include <vector>

namespace tidewright {

// Storage on 64-byte boundaries, as the SIMD kernels want it.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}

  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kAlignment)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, kAlignment); }
  bool operator==(const AlignedAllocator&) const { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_ALIGNED_H_
