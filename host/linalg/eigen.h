#ifndef TIDEWRIGHT_HOST_LINALG_EIGEN_H_
#define TIDEWRIGHT_HOST_LINALG_EIGEN_H_

#include <cstdint>
#include <vector>

#include "host/core/aligned.h"

namespace tidewright {

// A = Q diag(values) Q^T of a symmetric matrix, values rising. Computed in double by LAPACK's
// divide and conquer (dsyevd), the vectors rounded to float.
struct SymmetricEigen {
  std::vector<double> values;    // [n]
  AlignedVector<float> vectors;  // [n x n], row-major; column k belongs to values[k]
};

// Of a packed A (packed.h). Throws DataError where A is not finite.
SymmetricEigen DecomposeSymmetric(int64_t n, const float* packed);

// The same with the vectors as they were computed.
struct SymmetricEigenDouble {
  std::vector<double> values;   // [n]
  std::vector<double> vectors;  // [n x n], by columns: vector k is [k * n, (k + 1) * n)
};
SymmetricEigenDouble DecomposeSymmetricDouble(int64_t n, const float* packed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_EIGEN_H_
