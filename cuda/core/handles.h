#ifndef TIDEWRIGHT_CUDA_CORE_HANDLES_H_
#define TIDEWRIGHT_CUDA_CORE_HANDLES_H_

#include <utility>

#include "cuda/core/check.h"

namespace tidewright {

// A stream and an event of the current device, or none. They move, do not copy; whoever lets one go
// has waited for what uses it.

class CudaStream {
 public:
  CudaStream() = default;
  static CudaStream Create() {
    CudaStream made;
    CUDA_CHECK(cudaStreamCreateWithFlags(&made.stream_, cudaStreamNonBlocking));
    return made;
  }
  ~CudaStream() {
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  CudaStream(CudaStream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
  CudaStream& operator=(CudaStream&& other) noexcept {
    std::swap(stream_, other.stream_);
    return *this;
  }

  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class CudaEvent {
 public:
  CudaEvent() = default;
  // `flags` beside those that make it one without a time.
  static CudaEvent Create(unsigned flags = 0) { return With(cudaEventDisableTiming | flags); }
  static CudaEvent CreateTimed() { return With(0); }
  ~CudaEvent() {
    if (event_ != nullptr) cudaEventDestroy(event_);
  }
  CudaEvent(CudaEvent&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
  CudaEvent& operator=(CudaEvent&& other) noexcept {
    std::swap(event_, other.event_);
    return *this;
  }

  cudaEvent_t get() const { return event_; }

 private:
  static CudaEvent With(unsigned flags) {
    CudaEvent made;
    CUDA_CHECK(cudaEventCreateWithFlags(&made.event_, flags));
    return made;
  }

  cudaEvent_t event_ = nullptr;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_HANDLES_H_
