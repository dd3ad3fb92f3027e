#include "cuda/core/device_context.h"

#include <algorithm>
#include <cstdio>

#include "host/backend/device_memory.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

// Given to cuBLAS once, so that its choice of algorithm, and with it every sum's order, depends on
// shapes alone (and never on what memory it finds). The size its manual names for Hopper.
constexpr size_t kCublasWorkspaceBytes = size_t{32} << 20;

// The oldest architecture that the kernels are written for: asynchronous copies and TF32.
constexpr int kOldestMajor = 8;

cudaDeviceProp PropertiesOf(int device) {
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  return properties;
}

std::string TargetOf(const cudaDeviceProp& properties) {
  return "sm_" + std::to_string(properties.major) + std::to_string(properties.minor);
}

std::string Gibibytes(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f GiB", static_cast<double>(bytes) / (1 << 30));
  return text;
}

}  // namespace

void CheckCuda(cudaError_t status, const char* expression, const char* file, int line) {
  if (status == cudaSuccess) return;
  // Clears an error that is not sticky, so that it is not reported again by the next check.
  cudaGetLastError();
  throw DeviceError(std::string("CUDA: ") + cudaGetErrorName(status) + ", " +
                    cudaGetErrorString(status) + "; in " + expression + " (" + file + ":" +
                    std::to_string(line) + ")");
}

void CheckCublas(cublasStatus_t status, const char* expression, const char* file, int line) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw DeviceError(std::string("cuBLAS: ") + cublasGetStatusName(status) + ", " +
                    cublasGetStatusString(status) + "; in " + expression + " (" + file + ":" +
                    std::to_string(line) + ")");
}

std::string DeviceUnavailable(int device) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();
    return std::string("no usable NVIDIA GPU: ") + cudaGetErrorString(status) +
           "; install a driver for CUDA 13 or use --device cpu";
  }
  if (device < 0 || device >= count) {
    return "this machine has " + std::to_string(count) +
           (count == 1 ? " CUDA device" : " CUDA devices") +
           ", counted from 0; name one of them or use --device cpu";
  }
  cudaDeviceProp properties;
  if (cudaGetDeviceProperties(&properties, device) != cudaSuccess) {
    cudaGetLastError();
    return "the driver does not tell the properties of this device; see nvidia-smi";
  }
  if (properties.major < kOldestMajor) {
    return std::string(properties.name) + " (" + TargetOf(properties) +
           ") is older than sm_80, the oldest that is supported; use --device cpu";
  }
  return "";
}

int64_t FreeDeviceBytes(int device) {
  CUDA_CHECK(cudaSetDevice(device));
  size_t free = 0;
  size_t total = 0;
  CUDA_CHECK(cudaMemGetInfo(&free, &total));
  cudaMemPool_t pool = nullptr;
  CUDA_CHECK(cudaDeviceGetDefaultMemPool(&pool, device));
  uint64_t reserved = 0;
  uint64_t used = 0;
  CUDA_CHECK(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReservedMemCurrent, &reserved));
  CUDA_CHECK(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrUsedMemCurrent, &used));
  const int64_t left = static_cast<int64_t>(free + (reserved - used));
  const int64_t limit = DeviceMemoryLimit();
  return limit == 0 ? left : std::clamp<int64_t>(limit - static_cast<int64_t>(used), 0, left);
}

DeviceContext::DeviceContext(int device) : device_(device) {
  const std::string unavailable = DeviceUnavailable(device);
  if (!unavailable.empty()) {
    throw DeviceError("cuda:" + std::to_string(device) + ": " + unavailable);
  }
  MakeCurrent();
  properties_ = PropertiesOf(device);
  CUDA_CHECK(cudaDeviceGetDefaultMemPool(&pool_, device));
  // Freed memory stays with the pool, so that buffers that come and go cost no call to the driver.
  uint64_t keep = UINT64_MAX;
  CUDA_CHECK(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep));
  CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
  CUBLAS_CHECK(cublasCreate(&cublas_));
  CUBLAS_CHECK(cublasSetStream(cublas_, stream_));
  CUBLAS_CHECK(cublasSetMathMode(cublas_, CUBLAS_PEDANTIC_MATH));
  CUDA_CHECK(cudaMalloc(&cublas_workspace_, kCublasWorkspaceBytes));
  CUBLAS_CHECK(cublasSetWorkspace(cublas_, cublas_workspace_, kCublasWorkspaceBytes));
}

DeviceContext::~DeviceContext() {
  // Errors here would hide the one that led here.
  cudaSetDevice(device_);
  cudaStreamSynchronize(stream_);
  cublasDestroy(cublas_);
  cudaFree(cublas_workspace_);
  cudaStreamDestroy(stream_);
}

void DeviceContext::RefuseWhatDoesNotFit(int64_t bytes, const std::string& what,
                                         const std::string& advice) const {
  const int64_t free = FreeBytes();
  if (bytes <= free) return;
  throw DeviceError(what + " takes about " + Gibibytes(bytes) +
                    " of cuda:" + std::to_string(device_) + " (" + properties_.name +
                    "), of which " + Gibibytes(free) + " are free; " + advice);
}

std::string DescribeDevice(int device) {
  const cudaDeviceProp properties = PropertiesOf(device);
  char memory[32];
  std::snprintf(memory, sizeof(memory), "%.1f GiB",
                static_cast<double>(properties.totalGlobalMem) / (1 << 30));
  return std::string(properties.name) + ", " + memory + ", " + TargetOf(properties);
}

std::string DeviceTarget(int device) { return TargetOf(PropertiesOf(device)); }

}  // namespace tidewright
