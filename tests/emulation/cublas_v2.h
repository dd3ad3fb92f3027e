#ifndef TIDEWRIGHT_TESTS_EMULATION_CUBLAS_V2_H_
#define TIDEWRIGHT_TESTS_EMULATION_CUBLAS_V2_H_

#include <bit>
#include <cstddef>
#include <cstdint>

#include "tests/emulation/cuda_runtime_api.h"

// Stands in for cuBLAS's header of this name: what the sources under cuda/ call, done on the host.

enum cublasStatus_t { CUBLAS_STATUS_SUCCESS };
enum cublasMath_t { CUBLAS_PEDANTIC_MATH, CUBLAS_TF32_TENSOR_OP_MATH };
enum cublasOperation_t { CUBLAS_OP_N, CUBLAS_OP_T };
using cublasHandle_t = void*;

namespace tidewright::emulation {

inline cublasMath_t math_mode = CUBLAS_PEDANTIC_MATH;

}  // namespace tidewright::emulation

inline const char* cublasGetStatusName(cublasStatus_t) { return ""; }
inline const char* cublasGetStatusString(cublasStatus_t) { return ""; }
inline cublasStatus_t cublasCreate(cublasHandle_t*) { return CUBLAS_STATUS_SUCCESS; }
inline cublasStatus_t cublasDestroy(cublasHandle_t) { return CUBLAS_STATUS_SUCCESS; }
inline cublasStatus_t cublasSetStream(cublasHandle_t, cudaStream_t stream) {
  stream->late = false;
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t mode) {
  tidewright::emulation::math_mode = mode;
  return CUBLAS_STATUS_SUCCESS;
}
// c (m x n) = alpha op(a) op(b) + beta c, column-major; what b points at is not read where k is 0,
// nor c where beta is.
inline cublasStatus_t cublasSgemm_64(cublasHandle_t, cublasOperation_t a_op, cublasOperation_t b_op,
                                     int64_t m, int64_t n, int64_t k, const float* alpha,
                                     const float* a, int64_t lda, const float* b, int64_t ldb,
                                     const float* beta, float* c, int64_t ldc) {
  const bool tf32 = tidewright::emulation::math_mode == CUBLAS_TF32_TENSOR_OP_MATH;
  const auto number = [tf32](float value) {
    if (!tf32) return value;
    return std::bit_cast<float>((std::bit_cast<uint32_t>(value) + 0x1000u) & 0xffffe000u);
  };
  for (int64_t column = 0; column < n; ++column) {
    for (int64_t row = 0; row < m; ++row) {
      double sum = 0;
      for (int64_t i = 0; i < k; ++i) {
        const float left = a_op == CUBLAS_OP_N ? a[i * lda + row] : a[row * lda + i];
        const float right = b_op == CUBLAS_OP_N ? b[column * ldb + i] : b[i * ldb + column];
        sum += static_cast<double>(number(left)) * number(right);
      }
      float& target = c[column * ldc + row];
      const float kept = *beta == 0.0f ? 0.0f : *beta * target;
      target = *alpha * static_cast<float>(sum) + kept;
    }
  }
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetWorkspace(cublasHandle_t, void*, size_t) {
  return CUBLAS_STATUS_SUCCESS;
}

#endif  // TIDEWRIGHT_TESTS_EMULATION_CUBLAS_V2_H_
