#ifndef TIDEWRIGHT_HOST_LINALG_AHEAD_FETCHER_H_
#define TIDEWRIGHT_HOST_LINALG_AHEAD_FETCHER_H_

#include <algorithm>
#include <cstdint>

#include "host/linalg/packed.h"

namespace tidewright {

// Fetches the rows of a GatherAhead, `floats` of each, so many a call that all are under way after
// `calls` of them. Into the second cache: the first is busy with the panel. For kernels only.
class AheadFetcher {
 public:
  AheadFetcher(const GatherAhead& ahead, int64_t stride, int64_t floats, int64_t calls)
      : ahead_(ahead),
        stride_(stride),
        floats_(floats),
        rows_a_call_((ahead.count + calls - 1) / calls) {}

  [[gnu::always_inline]] void Step() {
    const int64_t end = std::min(ahead_.count, next_ + rows_a_call_);
    for (; next_ < end; ++next_) {
      const float* row = ahead_.factors + static_cast<int64_t>(ahead_.ids[next_]) * stride_;
      for (int64_t column = 0; column < floats_; column += 16) {
        __builtin_prefetch(row + column, 0, 2);
      }
    }
  }

 private:
  const GatherAhead ahead_;
  const int64_t stride_;
  const int64_t floats_;
  const int64_t rows_a_call_;
  int64_t next_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_AHEAD_FETCHER_H_
