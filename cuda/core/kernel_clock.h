#ifndef TIDEWRIGHT_CUDA_CORE_KERNEL_CLOCK_H_
#define TIDEWRIGHT_CUDA_CORE_KERNEL_CLOCK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "cuda/core/device_context.h"
#include "cuda/core/handles.h"
#include "host/model/solver.h"

namespace tidewright {

// Times the kernels that are enqueued on a context's stream while it lives, by events before and
// after each KernelRange. Not for a stream that is captured into a graph.
class KernelClock {
 public:
  explicit KernelClock(const DeviceContext& context);
  ~KernelClock();
  KernelClock(const KernelClock&) = delete;
  KernelClock& operator=(const KernelClock&) = delete;

  void Begin(const std::string& name, const std::vector<CostPhase>& costs);
  void End() noexcept;
  // Waits for all of them; the kinds in the order in which they came first.
  std::vector<KernelTime> Finish();

 private:
  struct Range {
    size_t kind = 0;
    CudaEvent begin;
    CudaEvent end;
  };

  const DeviceContext& context_;
  std::vector<KernelTime> kinds_;
  std::vector<Range> ranges_;
};

// What is enqueued while it lives is a launch of this name, where the context is timed. costs():
// the work of it, as CostPhases; the same phases for every launch of a name.
class KernelRange {
 public:
  template <class Costs>
  KernelRange(const DeviceContext& context, const char* name, const Costs& costs)
      : clock_(context.clock()) {
    if (clock_ != nullptr) clock_->Begin(name, costs());
  }
  ~KernelRange() {
    if (clock_ != nullptr) clock_->End();
  }
  KernelRange(const KernelRange&) = delete;
  KernelRange& operator=(const KernelRange&) = delete;

 private:
  KernelClock* clock_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_KERNEL_CLOCK_H_
