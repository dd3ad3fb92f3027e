#ifndef TIDEWRIGHT_HOST_LINALG_ROW_GRAM_H_
#define TIDEWRIGHT_HOST_LINALG_ROW_GRAM_H_

#include <cstdint>

#include "host/linalg/packed.h"

namespace tidewright {

// What the dual of a ridge problem is made of: the inner products of a few long rows. A row panel
// is row-major with stride RowPanelStride(n); one thread, run-time dispatched SIMD.

// Floats from one panel row to the next: n on whole vectors, and off the powers of two that would
// put all rows in the same sets of a cache.
constexpr int64_t RowPanelStride(int64_t n) { return (n + 15) / 16 * 16 + 16; }
// Rows are read in groups: so many beyond the last have room, which RowGram fills with zeros.
inline constexpr int64_t kRowPanelSlack = 8;
constexpr int64_t RowPanelFloats(int64_t rows, int64_t n) {
  return (rows + kRowPanelSlack) * RowPanelStride(n);
}

// panel[k] = row_scale[k] * factors[ids[k]] (x) column_scale for k < count; factors[. x stride] on
// whole vectors: n <= stride, and what lies beyond n is 0 in factors or in column_scale
// (RowPanelStride(n) floats long).
void GatherRows(const float* factors, int64_t stride, int64_t n, const int32_t* ids, int64_t count,
                const float* row_scale, const float* column_scale, float* panel);

// packed[count] (packed.h) = panel panel^T. Left of the diagonal, and beyond `count`, only what
// CholeskySolve needs is defined. `ahead`: what the next gather will want.
void RowGram(float* panel, int64_t n, int64_t count, float* packed, const GatherAhead& ahead = {});

// y[n] = column_scale (x) sum over k < count of weights[k] * panel[k]. Returns |y|^2. y and
// column_scale on whole vectors, as above.
float CombineRows(const float* panel, int64_t n, int64_t count, const float* weights,
                  const float* column_scale, float* y);

// roots[k] = 1 / sqrt(values[k] + shift) for k < n; both on whole vectors of 16.
void InverseRoots(const float* values, int64_t n, float shift, float* roots);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_ROW_GRAM_H_
