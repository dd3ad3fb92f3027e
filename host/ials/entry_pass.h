#ifndef TIDEWRIGHT_HOST_IALS_ENTRY_PASS_H_
#define TIDEWRIGHT_HOST_IALS_ENTRY_PASS_H_

#include <cstdint>

namespace tidewright {

// A row's entries as the passes of the iterative solvers want them. `fixed` has rows of `stride`
// floats, a multiple of 16, on 64-byte boundaries. Nothing fetches the gathered rows ahead: a group
// of eight is as many loads as the core keeps under way, and prefetches only made it slower.
struct EntryPass {
  const float* fixed = nullptr;
  int64_t stride = 0;
  const int32_t* ids = nullptr;
  const float* values = nullptr;
  int64_t count = 0;
  float alpha = 0;
  float target = 0;  // what entries with a positive value aim at: 1 or 0
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_ENTRY_PASS_H_
