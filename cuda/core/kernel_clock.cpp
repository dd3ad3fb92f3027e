#include "cuda/core/kernel_clock.h"

#include <algorithm>
#include <utility>

namespace tidewright {

KernelClock::KernelClock(const DeviceContext& context) : context_(context) {
  context_.SetClock(this);
}

KernelClock::~KernelClock() { context_.SetClock(nullptr); }

void KernelClock::Begin(const std::string& name, const std::vector<CostPhase>& costs) {
  const auto known = std::find_if(kinds_.begin(), kinds_.end(),
                                  [&](const KernelTime& kind) { return kind.name == name; });
  Range range;
  range.kind = static_cast<size_t>(known - kinds_.begin());
  if (known == kinds_.end()) {
    kinds_.push_back({name, 0, 0, costs});
  } else {
    for (size_t i = 0; i < costs.size(); ++i) {
      known->costs[i].flops += costs[i].flops;
      known->costs[i].bytes += costs[i].bytes;
    }
  }
  ++kinds_[range.kind].launches;
  range.begin = CudaEvent::CreateTimed();
  range.end = CudaEvent::CreateTimed();
  CUDA_CHECK(cudaEventRecord(range.begin.get(), context_.stream()));
  ranges_.push_back(std::move(range));
}

// A failure shows when Finish waits.
void KernelClock::End() noexcept { cudaEventRecord(ranges_.back().end.get(), context_.stream()); }

std::vector<KernelTime> KernelClock::Finish() {
  context_.Synchronize();
  for (const Range& range : ranges_) {
    float milliseconds = 0;
    CUDA_CHECK(cudaEventElapsedTime(&milliseconds, range.begin.get(), range.end.get()));
    kinds_[range.kind].seconds += 1e-3 * static_cast<double>(milliseconds);
  }
  ranges_.clear();
  return std::move(kinds_);
}

}  // namespace tidewright
