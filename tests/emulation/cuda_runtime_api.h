#ifndef TIDEWRIGHT_TESTS_EMULATION_CUDA_RUNTIME_API_H_
#define TIDEWRIGHT_TESTS_EMULATION_CUDA_RUNTIME_API_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <new>
#include <utility>

#include "tests/emulation/emulator.h"

// Stands in for CUDA's header of this name where the device code's host side is compiled for the
// emulator: one device whose memory is the host's. The stream that cuBLAS is given, and kernels run
// on, is never behind; every other one is as late as it may be: what is enqueued there runs only
// once somebody waits for it. What is allocated is filled with NaN.

namespace tidewright::emulation {

struct Stream {
  bool late = true;
  int64_t done = 0;  // of what was ever enqueued
  std::deque<std::function<void()>> waiting;

  int64_t enqueued() const { return done + static_cast<int64_t>(waiting.size()); }
  void Enqueue(std::function<void()> work) {
    if (!late) return work();
    waiting.push_back(std::move(work));
  }
  void RunUntil(int64_t count) {
    while (done < count) {
      const std::function<void()> work = std::move(waiting.front());
      waiting.pop_front();
      ++done;
      work();
    }
  }
};

struct Event {
  Stream* stream = nullptr;
  int64_t at = 0;  // how much of the stream comes before it

  void Await() const {
    if (stream != nullptr) stream->RunUntil(at);
  }
};

struct Device {
  size_t shared_bytes = kSharedBytes;
  size_t free_bytes = size_t{1} << 33;
  int64_t allocations = 0;        // memory, streams and events that are there
  int64_t allowed = INT64_MAX;    // calls for memory that are granted
  std::map<void*, size_t> pool;   // what was allocated from it
  size_t pool_bytes = 0;          // of these
  size_t most_pool_bytes = 0;     // at once, so far
  size_t downloaded = 0;          // bytes, so far
  std::function<void()> on_wait;  // called by each wait for an event
};
inline Device device;

}  // namespace tidewright::emulation

enum cudaError_t { cudaSuccess, cudaErrorMemoryAllocation };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };
enum cudaMemPoolAttr {
  cudaMemPoolAttrReleaseThreshold,
  cudaMemPoolAttrReservedMemCurrent,
  cudaMemPoolAttrUsedMemCurrent
};
using cudaStream_t = tidewright::emulation::Stream*;
using cudaEvent_t = tidewright::emulation::Event*;
using cudaMemPool_t = void*;
using cudaGraphExec_t = void*;
constexpr unsigned cudaStreamNonBlocking = 1;
constexpr unsigned cudaEventDisableTiming = 2;
constexpr unsigned cudaEventBlockingSync = 1;
constexpr unsigned cudaHostAllocPortable = 1;
constexpr unsigned cudaHostAllocMapped = 2;

struct cudaDeviceProp {
  char name[256];
  int major, minor;
  size_t totalGlobalMem, sharedMemPerBlockOptin;
};

inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline const char* cudaGetErrorName(cudaError_t) { return "cudaErrorMemoryAllocation"; }
inline const char* cudaGetErrorString(cudaError_t) { return "out of memory"; }
inline cudaError_t cudaSetDevice(int) { return cudaSuccess; }
inline cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  *properties = {"Emulated", 9, 0, size_t{1} << 33, tidewright::emulation::device.shared_bytes};
  return cudaSuccess;
}
inline cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int) {
  *pool = nullptr;
  return cudaSuccess;
}
inline cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) {
  return cudaSuccess;
}
inline cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t, cudaMemPoolAttr, void* value) {
  const uint64_t bytes = tidewright::emulation::device.pool_bytes;
  std::memcpy(value, &bytes, sizeof(bytes));
  return cudaSuccess;
}
inline cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  *total = tidewright::emulation::device.free_bytes;
  *free = *total - tidewright::emulation::device.pool_bytes;
  return cudaSuccess;
}
inline cudaError_t cudaMalloc(void** memory, size_t bytes) {
  if (tidewright::emulation::device.allowed-- <= 0) return cudaErrorMemoryAllocation;
  *memory = ::operator new (bytes, std::align_val_t{256});
  std::memset(*memory, 0xff, bytes);
  ++tidewright::emulation::device.allocations;
  return cudaSuccess;
}
inline cudaError_t cudaFree(void* memory) {
  ::operator delete (memory, std::align_val_t{256});
  --tidewright::emulation::device.allocations;
  return cudaSuccess;
}
inline cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  return cudaMalloc(memory, bytes);
}
inline cudaError_t cudaFreeHost(void* memory) { return cudaFree(memory); }
inline cudaError_t cudaMallocFromPoolAsync(void** memory, size_t bytes, cudaMemPool_t,
                                           cudaStream_t) {
  tidewright::emulation::Device& device = tidewright::emulation::device;
  if (device.pool_bytes + bytes > device.free_bytes) return cudaErrorMemoryAllocation;
  const cudaError_t status = cudaMalloc(memory, bytes);
  if (status != cudaSuccess) return status;
  device.pool[*memory] = bytes;
  device.pool_bytes += bytes;
  device.most_pool_bytes =
      device.pool_bytes > device.most_pool_bytes ? device.pool_bytes : device.most_pool_bytes;
  return cudaSuccess;
}
inline cudaError_t cudaFreeAsync(void* memory, cudaStream_t) {
  tidewright::emulation::Device& device = tidewright::emulation::device;
  device.pool_bytes -= device.pool[memory];
  device.pool.erase(memory);
  return cudaFree(memory);
}
inline cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes,
                                   cudaMemcpyKind kind, cudaStream_t stream) {
  if (kind == cudaMemcpyDeviceToHost) tidewright::emulation::device.downloaded += bytes;
  stream->Enqueue([=] { std::memcpy(target, source, bytes); });
  return cudaSuccess;
}
inline cudaError_t cudaMemsetAsync(void* memory, int value, size_t bytes, cudaStream_t stream) {
  stream->Enqueue([=] { std::memset(memory, value, bytes); });
  return cudaSuccess;
}
inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new tidewright::emulation::Stream;
  ++tidewright::emulation::device.allocations;
  return cudaSuccess;
}
inline cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  stream->RunUntil(stream->enqueued());
  return cudaSuccess;
}
inline cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  --tidewright::emulation::device.allocations;
  return cudaSuccess;
}
inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new tidewright::emulation::Event;
  ++tidewright::emulation::device.allocations;
  return cudaSuccess;
}
inline cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  --tidewright::emulation::device.allocations;
  return cudaSuccess;
}
inline cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  *event = {stream, stream->enqueued()};
  return cudaSuccess;
}
// Every launch takes a millisecond.
inline cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t, cudaEvent_t) {
  *milliseconds = 1;
  return cudaSuccess;
}
inline cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  event->Await();
  if (tidewright::emulation::device.on_wait) tidewright::emulation::device.on_wait();
  return cudaSuccess;
}
inline cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  // For the event as it is now: it may be recorded anew before the stream comes to it.
  stream->Enqueue([at = *event] { at.Await(); });
  return cudaSuccess;
}

#endif  // TIDEWRIGHT_TESTS_EMULATION_CUDA_RUNTIME_API_H_
