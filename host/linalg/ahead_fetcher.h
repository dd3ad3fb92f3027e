#ifndef TIDEWRIGHT_HOST_LINALG_AHEAD_FETCHER_H_
#define TIDEWRIGHT_HOST_LINALG_AHEAD_FETCHER_H_

#include <algorithm>
#include <cstdint>

#include "host/linalg/packed.h"

namespace tidewright {

// Fetches the rows of a GatherAhead, `floats` of each, a few lines a call, so that all are under
// way after `calls` of them and a core's few line buffers are never short. Into the second cache:
// the first is busy with the panel. For kernels only.
class AheadFetcher {
 public:
  AheadFetcher(const GatherAhead& ahead, int64_t floats, int64_t calls)
      : ahead_(ahead),
        stride_(ahead.stride == 0 ? floats : ahead.stride),
        floats_(floats),
        lines_a_call_((ahead.count * ((floats + kLine - 1) / kLine) + calls - 1) / calls) {}

  [[gnu::always_inline]] void Step() {
    for (int64_t line = 0; line < lines_a_call_ && row_ < ahead_.count; ++line) {
      __builtin_prefetch(ahead_.factors + ahead_.ids[row_] * stride_ + column_, 0, 2);
      column_ += kLine;
      if (column_ < floats_) continue;
      column_ = 0;
      ++row_;
    }
  }

 private:
  static constexpr int64_t kLine = 16;  // floats

  const GatherAhead ahead_;
  const int64_t stride_;
  const int64_t floats_;
  const int64_t lines_a_call_;
  int64_t row_ = 0;
  int64_t column_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_AHEAD_FETCHER_H_
