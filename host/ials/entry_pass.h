#ifndef TIDEWRIGHT_HOST_IALS_ENTRY_PASS_H_
#define TIDEWRIGHT_HOST_IALS_ENTRY_PASS_H_

#include <algorithm>
#include <cstdint>

namespace tidewright {

// A row's entries as the passes of the iterative solvers want them. `fixed` has rows of `stride`
// floats, a multiple of 16, on 64-byte boundaries.
struct EntryPass {
  const float* fixed = nullptr;
  int64_t stride = 0;
  const int32_t* ids = nullptr;
  const float* values = nullptr;
  int64_t count = 0;
  float alpha = 0;
  float target = 0;  // what entries with a positive value aim at: 1 or 0
};

// Rows that a later pass reads, fetched into the second cache a few at a time while this one
// computes: gathering alone only waits for memory.
class FetchAhead {
 public:
  // All are under way once `work` entries have been passed to Step.
  void Start(const float* fixed, int64_t stride, const int32_t* ids, int64_t count, int64_t work) {
    fixed_ = fixed;
    stride_ = stride;
    next_ = ids;
    left_ = count;
    work_ = work;
  }
  void Step(int64_t done) {
    if (left_ == 0) return;
    const int64_t count =
        done >= work_ ? left_ : std::min(left_, (left_ * done + work_ - 1) / work_);
    for (int64_t k = 0; k < count; ++k) {
      const float* row = fixed_ + static_cast<int64_t>(next_[k]) * stride_;
      for (int64_t i = 0; i < stride_; i += 16) __builtin_prefetch(row + i, 0, 2);
    }
    next_ += count;
    left_ -= count;
    work_ -= done;
  }

 private:
  const float* fixed_ = nullptr;
  int64_t stride_ = 0;
  const int32_t* next_ = nullptr;
  int64_t left_ = 0;
  int64_t work_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_ENTRY_PASS_H_
