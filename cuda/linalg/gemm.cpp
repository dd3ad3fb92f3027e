#include "cuda/linalg/gemm.h"

#include <algorithm>

namespace tidewright {
namespace {

constexpr int64_t kGramianBytes = int64_t{64} << 20;
constexpr int64_t kMostGramianRows = 16384;

// cuBLAS's mode while this lives; else every product is fp32 (device_context.cu).
class Tf32Products {
 public:
  Tf32Products(cublasHandle_t cublas, bool tf32) : cublas_(cublas) {
    CUBLAS_CHECK(
        cublasSetMathMode(cublas_, tf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_PEDANTIC_MATH));
  }
  ~Tf32Products() { cublasSetMathMode(cublas_, CUBLAS_PEDANTIC_MATH); }
  Tf32Products(const Tf32Products&) = delete;
  Tf32Products& operator=(const Tf32Products&) = delete;

 private:
  cublasHandle_t cublas_;
};

}  // namespace

int64_t GramianRows(int width) {
  return std::clamp<int64_t>(kGramianBytes / (int64_t{4} * width), 256, kMostGramianRows);
}

void AddGramian(const DeviceContext& context, const float* rows, int64_t count, int width,
                bool first, float* gramian) {
  const float one = 1.0f;
  const float keep = first ? 0.0f : 1.0f;
  // What is row-major here is its transpose to cuBLAS, and a Gramian is its own.
  CUBLAS_CHECK(cublasSgemm_64(context.cublas(), CUBLAS_OP_N, CUBLAS_OP_T, width, width, count, &one,
                              rows, width, rows, width, &keep, gramian, width));
}

void MultiplyRows(const DeviceContext& context, bool tf32, float weight, const float* x,
                  int64_t rows, int width, const MatrixColumns& matrix, float* product) {
  const Tf32Products mode(context.cublas(), tf32);
  const float zero = 0.0f;
  CUBLAS_CHECK(cublasSgemm_64(context.cublas(), CUBLAS_OP_N, CUBLAS_OP_N, matrix.columns, rows,
                              width, &weight, matrix.at, matrix.stride, x, width, &zero, product,
                              matrix.columns));
}

}  // namespace tidewright
