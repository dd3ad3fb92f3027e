#ifndef TIDEWRIGHT_TESTS_EMULATION_CUBLAS_V2_H_
#define TIDEWRIGHT_TESTS_EMULATION_CUBLAS_V2_H_

#include <cstddef>

// Stands in for cuBLAS's header of this name: a context has a handle, nothing is computed with it.

enum cublasStatus_t { CUBLAS_STATUS_SUCCESS };
enum cublasMath_t { CUBLAS_PEDANTIC_MATH };
using cublasHandle_t = void*;

inline const char* cublasGetStatusName(cublasStatus_t) { return ""; }
inline const char* cublasGetStatusString(cublasStatus_t) { return ""; }
inline cublasStatus_t cublasCreate(cublasHandle_t*) { return CUBLAS_STATUS_SUCCESS; }
inline cublasStatus_t cublasDestroy(cublasHandle_t) { return CUBLAS_STATUS_SUCCESS; }
inline cublasStatus_t cublasSetStream(cublasHandle_t, void*) { return CUBLAS_STATUS_SUCCESS; }
inline cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) {
  return CUBLAS_STATUS_SUCCESS;
}
inline cublasStatus_t cublasSetWorkspace(cublasHandle_t, void*, size_t) {
  return CUBLAS_STATUS_SUCCESS;
}

#endif  // TIDEWRIGHT_TESTS_EMULATION_CUBLAS_V2_H_
