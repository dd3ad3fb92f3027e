#ifndef TIDEWRIGHT_CUDA_LINALG_GEMM_H_
#define TIDEWRIGHT_CUDA_LINALG_GEMM_H_

#include <cstdint>

#include "cuda/core/device_context.h"

namespace tidewright {

// Products by cuBLAS on the context's stream; all matrices row-major, pointers the device's.

// Rows of this width that a Gramian is summed from in one go: sums of sums lose less than one long
// sum, and the rows may come to the device a block at a time.
int64_t GramianRows(int width);

// gramian += rows^T rows, width x width, of `count` rows; `first`: = instead. fp32.
void AddGramian(const DeviceContext& context, const float* rows, int64_t count, int width,
                bool first, float* gramian);

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
