#ifndef TIDEWRIGHT_CUDA_IALS_TABLE_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_IALS_TABLE_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/ials/row_problem.h"
#include "cuda/linalg/narrow.cuh"

namespace tidewright {

// The kernels around those of row_kernels.cuh; one translation unit may include them.

// *total = the sum of `count` numbers, by one block of kSumThreads in a fixed order.
__global__ void SumSharesKernel(const double* shares, int64_t count, double* total) {
  double* partial = reinterpret_cast<double*>(DynamicShared());
  const int thread = static_cast<int>(threadIdx.x);
  double sum = 0;
  for (int64_t i = thread; i < count; i += kSumThreads) sum += shares[i];
  partial[thread] = sum;
  for (int half = kSumThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) partial[thread] += partial[thread + half];
  }
  if (thread == 0) *total = partial[0];
}

// table[r] = packed[r], the padding 0. One thread an element of the table.
template <class Element>
__global__ void PadRowsKernel(const float* packed, TableLayout layout, int64_t count,
                              Element* table) {
  const int64_t element = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (element >= count * layout.padded()) return;
  const int64_t factor = layout.FactorOf(element % layout.padded());
  const float number =
      factor < 0 ? 0.0f : packed[element / layout.padded() * layout.factors + factor];
  Narrow(number, &table[element]);
}

// table[r] = solved[r], as it is stored; a row that this makes infinite adds a NaN to the
// objective. One warp a row.
template <class Element>
__global__ void StoreRowsKernel(const float* solved, int64_t count, int padded, Element* table,
                                double* share) {
  const int64_t row = static_cast<int64_t>(blockIdx.x) * WarpCount() + WarpId();
  if (row >= count) return;
  float differences = 0.0f;
  for (int i = LaneId(); i < padded; i += kWarpSize) {
    const int64_t at = row * padded + i;
    Narrow(solved[at], &table[at]);
    // 0, and a NaN for what is not finite.
    const float stored = Widen(table[at]);
    differences += stored - stored;
  }
  differences = WarpSum(differences);
  if (LaneId() == 0) share[row] += static_cast<double>(differences);
}

// floats = the table. One thread four elements.
template <class Element>
__global__ void WidenRowsKernel(const Element* table, int64_t elements, float* floats) {
  const int64_t at = 4 * (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x);
  if (at < elements) *reinterpret_cast<float4*>(floats + at) = LoadFour(table + at, true);
}

// packed[r] = table[rows[r]], or table[r] where `rows` is null, without the padding. One thread an
// element.
template <class Element>
__global__ void GatherRowsKernel(const Element* table, TableLayout layout, const int32_t* rows,
                                 int64_t count, float* packed) {
  const int64_t element = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (element >= count * layout.factors) return;
  const int64_t place = element / layout.factors;
  const int64_t row = rows == nullptr ? place : rows[place];
  packed[element] = Widen(table[row * layout.padded() + layout.ColumnOf(element % layout.factors)]);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_TABLE_KERNELS_CUH_
