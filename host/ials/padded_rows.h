#ifndef TIDEWRIGHT_HOST_IALS_PADDED_ROWS_H_
#define TIDEWRIGHT_HOST_IALS_PADDED_ROWS_H_

#include <algorithm>
#include <cstdint>

#include "host/core/aligned.h"
#include "host/core/parallel.h"

namespace tidewright {

// Rows as kernels without remainders read them: a stride that is a multiple of 16 floats, zeros
// beyond the row. Rows that have such a stride stay where they are; others are copied.
class PaddedRows {
 public:
  void Set(const float* rows, int64_t count, int64_t width) {
    stride_ = (width + 15) / 16 * 16;
    if (stride_ == width) {
      data_ = rows;
      return;
    }
    copy_.resize(static_cast<size_t>(count * stride_));
    ParallelRanges(count, 1024, [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; ++row) {
        float* to = copy_.data() + row * stride_;
        std::copy_n(rows + row * width, width, to);
        std::fill(to + width, to + stride_, 0.0f);
      }
    });
    data_ = copy_.data();
  }

  const float* data() const { return data_; }
  int64_t stride() const { return stride_; }

 private:
  const float* data_ = nullptr;
  int64_t stride_ = 0;
  AlignedVector<float> copy_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_PADDED_ROWS_H_
