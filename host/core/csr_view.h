#ifndef TIDEWRIGHT_HOST_CORE_CSR_VIEW_H_
#define TIDEWRIGHT_HOST_CORE_CSR_VIEW_H_

#include <cstdint>

namespace tidewright {

// Compressed sparse rows as kernels take them: a plain struct, its pointers valid on the host or on
// a device. Row r holds ids[offsets[r] .. offsets[r+1]) with the values beside them; ids rise
// strictly within a row.
struct CsrView {
  int64_t rows = 0;
  int64_t cols = 0;
  const int64_t* offsets = nullptr;  // rows + 1, from 0
  const int32_t* ids = nullptr;      // in [0, cols)
  const float* values = nullptr;     // finite, not 0; negative is a dislike
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_CORE_CSR_VIEW_H_
