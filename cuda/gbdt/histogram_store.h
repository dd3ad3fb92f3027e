#ifndef TIDEWRIGHT_CUDA_GBDT_HISTOGRAM_STORE_H_
#define TIDEWRIGHT_CUDA_GBDT_HISTOGRAM_STORE_H_

#include <cstdint>
#include <vector>

#include "cuda/core/device_buffer.h"
#include "cuda/gbdt/gbdt_problem.h"

namespace tidewright {

inline constexpr int64_t kHistogramStoreBytes = int64_t{1} << 30;

// Histograms on the device, columns x kHistogramWords each; what is released is used again.
class HistogramStore {
 public:
  HistogramStore(const DeviceContext& context, int64_t columns)
      : context_(context), words_(columns * kHistogramWords) {}

  int AcquireCleared() {
    if (free_.empty()) {
      free_.push_back(static_cast<int>(all_.size()));
      all_.emplace_back(context_, words_);
    }
    const int histogram = free_.back();
    free_.pop_back();
    all_[static_cast<size_t>(histogram)].Clear();
    return histogram;
  }
  void Release(int* histogram) {
    if (*histogram >= 0) free_.push_back(*histogram);
    *histogram = -1;
  }
  void ReleaseAll() {
    free_.clear();
    for (size_t i = 0; i < all_.size(); ++i) free_.push_back(static_cast<int>(i));
  }
  unsigned long long* Data(int histogram) { return all_[static_cast<size_t>(histogram)].data(); }
  // More are in use than should be kept for subtraction.
  bool Full() const {
    return static_cast<int64_t>(all_.size() - free_.size()) * words_ * 8 > kHistogramStoreBytes;
  }

 private:
  const DeviceContext& context_;
  int64_t words_;
  std::vector<DeviceBuffer<unsigned long long>> all_;
  std::vector<int> free_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_HISTOGRAM_STORE_H_
