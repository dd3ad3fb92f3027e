#ifndef TIDEWRIGHT_HOST_CORE_LARGE_ARRAYS_H_
#define TIDEWRIGHT_HOST_CORE_LARGE_ARRAYS_H_

#include <cstdint>

#include "host/core/aligned.h"

namespace tidewright {

// What is done to every number of a model while it is read, compiled where it is fast.

// Whether all are finite; all threads.
bool AllFinite(const float* values, int64_t count);

// numbers->resize(count).
void ResizeNumbers(int64_t count, AlignedVector<float>* numbers);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_LARGE_ARRAYS_H_
