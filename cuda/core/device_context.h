#ifndef TIDEWRIGHT_CUDA_CORE_DEVICE_CONTEXT_H_
#define TIDEWRIGHT_CUDA_CORE_DEVICE_CONTEXT_H_

#include <cublas_v2.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <string>

#include "cuda/core/check.h"

namespace tidewright {

// Why this device cannot be used and what to do, or empty. Never throws: a machine without a GPU or
// a driver is no error.
std::string DeviceUnavailable(int device);

// Bytes of the device that an allocation can have now: what is free and what its memory pool holds
// unused; at most what is left of DeviceMemoryLimit (host/backend/device_memory.h).
int64_t FreeDeviceBytes(int device);

class KernelClock;

// One device made ready: a stream, a cuBLAS handle bound to it, the device's memory pool, and the
// properties that launches depend on. Passed to whoever uses the device, and outlives the buffers
// made from it. The default stream is not used. Only one thread at a time may use a context.
class DeviceContext {
 public:
  explicit DeviceContext(int device);
  ~DeviceContext();
  DeviceContext(const DeviceContext&) = delete;
  DeviceContext& operator=(const DeviceContext&) = delete;

  // Makes the device current for the calling thread: CUDA keeps that by thread. Every public entry
  // of what lives on the device begins with it.
  void MakeCurrent() const { CUDA_CHECK(cudaSetDevice(device_)); }

  int device() const { return device_; }
  cudaStream_t stream() const { return stream_; }
  cublasHandle_t cublas() const { return cublas_; }
  cudaMemPool_t pool() const { return pool_; }
  const cudaDeviceProp& properties() const { return properties_; }
  // The most dynamic shared memory that a block can ask for.
  int64_t max_shared_bytes() const {
    return static_cast<int64_t>(properties_.sharedMemPerBlockOptin);
  }

  int64_t FreeBytes() const { return FreeDeviceBytes(device_); }
  // Throws DeviceError where `bytes` are more than that: "WHAT takes about 3.00 GiB of cuda:0 (…),
  // of which 2.00 GiB are free; ADVICE".
  void RefuseWhatDoesNotFit(int64_t bytes, const std::string& what,
                            const std::string& advice) const;
  // Who times what is enqueued (kernel_clock.h), or null.
  KernelClock* clock() const { return clock_; }
  void SetClock(KernelClock* clock) const { clock_ = clock; }
  // Waits until everything enqueued has run.
  void Synchronize() const { CUDA_CHECK(cudaStreamSynchronize(stream_)); }

 private:
  int device_;
  cudaDeviceProp properties_{};
  cudaStream_t stream_ = nullptr;
  cublasHandle_t cublas_ = nullptr;
  cudaMemPool_t pool_ = nullptr;
  void* cublas_workspace_ = nullptr;
  mutable KernelClock* clock_ = nullptr;
};

// "NVIDIA H200, 139.8 GiB, sm_90"; properties of a device that is available.
std::string DescribeDevice(int device);
std::string DeviceTarget(int device);  // "sm_90"

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_DEVICE_CONTEXT_H_
