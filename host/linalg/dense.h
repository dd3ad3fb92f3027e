#ifndef TIDEWRIGHT_HOST_LINALG_DENSE_H_
#define TIDEWRIGHT_HOST_LINALG_DENSE_H_

#include <cstdint>

namespace tidewright {

// The few dense kernels every solver shares. float32, row-major, one thread each unless said;
// run-time dispatched SIMD; the order of every sum depends on the shapes alone.

// gramian[f x f], both triangles = rows^T rows of rows[n x f]; all threads; sums of blocks of rows
// in double.
void Gramian(const float* rows, int64_t n, int64_t f, float* gramian);

// The same, packed (packed.h).
void PackedGramian(const float* rows, int64_t n, int64_t f, float* packed);

// Runs independent fused multiply-adds; returns the flops done. sink[0] is read and written, so
// that nothing is left out. What a machine's peak is measured with.
double RunFmaLoop(int64_t steps, float* sink);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_DENSE_H_
