#ifndef TIDEWRIGHT_CUDA_LINALG_GEMM_H_
#define TIDEWRIGHT_CUDA_LINALG_GEMM_H_

#include <cstdint>

#include "cuda/core/device_context.h"

namespace tidewright {

// Products by cuBLAS on the context's stream; all matrices row-major, pointers the device's.

// gramian = table^T table, width x width, of `rows` rows; fp32.
void TableGramian(const DeviceContext& context, const float* table, int64_t rows, int width,
                  float* gramian);

// A shared matrix, or some of its columns.
struct MatrixColumns {
  const float* at = nullptr;  // its first column
  int columns = 0;
  int stride = 0;  // floats between its rows
};

// product (rows x columns) = weight * x (rows x width) * matrix (width x columns); with `tf32` both
// are rounded to 10 mantissa bits and summed in fp32.
void MultiplyRows(const DeviceContext& context, bool tf32, float weight, const float* x,
                  int64_t rows, int width, const MatrixColumns& matrix, float* product);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LINALG_GEMM_H_
