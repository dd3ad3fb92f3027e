#ifndef TIDEWRIGHT_CUDA_CORE_DEVICE_BUFFER_H_
#define TIDEWRIGHT_CUDA_CORE_DEVICE_BUFFER_H_

#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "cuda/core/device_context.h"

namespace tidewright {

// `size` elements of device memory from the context's pool, in the order of its stream. Moves, does
// not copy; every transfer is a call that says its direction. What is not written is undefined.
template <class T>
class DeviceBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceBuffer() = default;
  DeviceBuffer(const DeviceContext& context, int64_t size) : context_(&context), size_(size) {
    if (size == 0) return;
    void* memory = nullptr;
    CUDA_CHECK(cudaMallocFromPoolAsync(&memory, bytes(), context.pool(), context.stream()));
    data_ = static_cast<T*>(memory);
  }
  // A copy of host memory, complete when this returns.
  DeviceBuffer(const DeviceContext& context, std::span<const T> source)
      : DeviceBuffer(context, static_cast<int64_t>(source.size())) {
    Upload(source);
  }
  ~DeviceBuffer() {
    if (data_ != nullptr) cudaFreeAsync(data_, context_->stream());
  }
  DeviceBuffer(DeviceBuffer&& other) noexcept { swap(other); }
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
    DeviceBuffer(std::move(other)).swap(*this);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  int64_t size() const { return size_; }

  // Fills the front of the buffer; returns when `source` may change.
  void Upload(std::span<const T> source) {
    if (source.empty()) return;
    CUDA_CHECK(cudaMemcpyAsync(data_, source.data(), source.size_bytes(), cudaMemcpyHostToDevice,
                               context_->stream()));
    context_->Synchronize();
  }
  // Reads the front of the buffer, after all that is enqueued; returns when `target` is filled.
  void Download(std::span<T> target) const {
    if (target.empty()) return;
    CUDA_CHECK(cudaMemcpyAsync(target.data(), data_, target.size_bytes(), cudaMemcpyDeviceToHost,
                               context_->stream()));
    context_->Synchronize();
  }
  // All bytes 0, in the order of the stream.
  void Clear() {
    if (size_ > 0) CUDA_CHECK(cudaMemsetAsync(data_, 0, bytes(), context_->stream()));
  }

 private:
  size_t bytes() const { return static_cast<size_t>(size_) * sizeof(T); }
  void swap(DeviceBuffer& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  const DeviceContext* context_ = nullptr;
  T* data_ = nullptr;
  int64_t size_ = 0;
};

// A copy of a vector's elements.
template <class Vector>
auto ToDevice(const DeviceContext& context, const Vector& source) {
  using T = typename Vector::value_type;
  return DeviceBuffer<T>(context, std::span<const T>(source.data(), source.size()));
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_DEVICE_BUFFER_H_
