#ifndef TIDEWRIGHT_CUDA_CORE_PINNED_BUFFER_H_
#define TIDEWRIGHT_CUDA_CORE_PINNED_BUFFER_H_

#include <cstdint>
#include <type_traits>
#include <utility>

#include "cuda/core/check.h"

namespace tidewright {

// `size` elements of host memory that stays where it is: copies between it and the device run
// beside the host's work, and kernels reach it at the same address, over the bus. Moves, does not
// copy. What is not written is undefined. Whoever frees it has waited for what uses it.
template <class T>
class PinnedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  PinnedBuffer() = default;
  explicit PinnedBuffer(int64_t size) : size_(size) {
    if (size == 0) return;
    void* memory = nullptr;
    CUDA_CHECK(cudaHostAlloc(&memory, static_cast<size_t>(size) * sizeof(T),
                             cudaHostAllocMapped | cudaHostAllocPortable));
    data_ = static_cast<T*>(memory);
  }
  ~PinnedBuffer() {
    if (data_ != nullptr) cudaFreeHost(data_);
  }
  PinnedBuffer(PinnedBuffer&& other) noexcept { swap(other); }
  PinnedBuffer& operator=(PinnedBuffer&& other) noexcept {
    PinnedBuffer(std::move(other)).swap(*this);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  void swap(PinnedBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  T* data_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_PINNED_BUFFER_H_
