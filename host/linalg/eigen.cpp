#include "host/linalg/eigen.h"

#include <cmath>
#include <string>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/linalg/packed.h"

extern "C" void dsyevd_(const char* job, const char* triangle, const int* n, double* a,
                        const int* lda, double* values, double* work, const int* work_size,
                        int* integers, const int* integers_size, int* info);

// OpenBLAS only: its threads wait actively, at the expense of ours, and its sums would depend on
// their number.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace tidewright {

SymmetricEigenDouble DecomposeSymmetricDouble(int64_t n, const float* packed) {
  SymmetricEigenDouble eigen;
  std::vector<double>& a = eigen.vectors;
  a.assign(static_cast<size_t>(n * n), 0.0);
  // LAPACK stores by columns and reads the lower triangle: row-major, the upper one.
  for (int64_t row = 0; row < n; ++row) {
    for (int64_t column = row; column < n; ++column) {
      const double value = static_cast<double>(packed[PackedIndex(row, column)]);
      if (!std::isfinite(value)) {
        throw DataError("the Gramian of the factors is not finite: the run has diverged");
      }
      a[row * n + column] = value;
    }
  }
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
  eigen.values.resize(static_cast<size_t>(n));
  const int size = static_cast<int>(n);
  const int ask = -1;
  double work_size = 0;
  int integers_size = 0;
  int info = 0;
  dsyevd_("V", "L", &size, a.data(), &size, eigen.values.data(), &work_size, &ask, &integers_size,
          &ask, &info);
  std::vector<double> work(static_cast<size_t>(work_size));
  std::vector<int> integers(static_cast<size_t>(integers_size));
  const int work_length = static_cast<int>(work.size());
  dsyevd_("V", "L", &size, a.data(), &size, eigen.values.data(), work.data(), &work_length,
          integers.data(), &integers_size, &info);
  if (info != 0) {
    throw DataError("the eigenvalues of the factors' Gramian do not converge (dsyevd: " +
                    std::to_string(info) + "); use more regularization");
  }
  return eigen;
}

SymmetricEigen DecomposeSymmetric(int64_t n, const float* packed) {
  SymmetricEigenDouble exact = DecomposeSymmetricDouble(n, packed);
  SymmetricEigen eigen;
  eigen.values = std::move(exact.values);
  eigen.vectors.resize(static_cast<size_t>(n * n));
  constexpr int64_t kStrip = 16;
  ParallelRanges(n, kStrip, [&](int64_t begin, int64_t end, int) {
    for (int64_t k = 0; k < n; ++k) {
      for (int64_t row = begin; row < end; ++row) {
        eigen.vectors[row * n + k] = static_cast<float>(exact.vectors[k * n + row]);
      }
    }
  });
  return eigen;
}

}  // namespace tidewright
