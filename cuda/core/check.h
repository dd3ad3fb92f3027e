#ifndef TIDEWRIGHT_CUDA_CORE_CHECK_H_
#define TIDEWRIGHT_CUDA_CORE_CHECK_H_

#include <cublas_v2.h>
#include <cuda_runtime_api.h>

namespace tidewright {

// Throw DeviceError with what failed, why and where, unless the status is success.
void CheckCuda(cudaError_t status, const char* expression, const char* file, int line);
void CheckCublas(cublasStatus_t status, const char* expression, const char* file, int line);

}  // namespace tidewright

#define CUDA_CHECK(expression) \
  ::tidewright::CheckCuda((expression), #expression, __FILE__, __LINE__)
#define CUBLAS_CHECK(expression) \
  ::tidewright::CheckCublas((expression), #expression, __FILE__, __LINE__)

#endif  // TIDEWRIGHT_CUDA_CORE_CHECK_H_
