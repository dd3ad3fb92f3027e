#ifndef TIDEWRIGHT_CUDA_IALS_BATCH_GATE_H_
#define TIDEWRIGHT_CUDA_IALS_BATCH_GATE_H_

#include <array>

#include "cuda/core/device_context.h"
#include "cuda/core/handles.h"

namespace tidewright {

// Batches enqueued before the first of them must have finished: few, so that a stop comes soon.
inline constexpr int kBatchesInFlight = 4;

class BatchGate {
 public:
  explicit BatchGate(const DeviceContext& context) : context_(context) {
    context.MakeCurrent();
    for (CudaEvent& event : events_) event = CudaEvent::Create(cudaEventBlockingSync);
  }

  // Before a batch is enqueued: waits until the one kBatchesInFlight before it has finished. An
  // event that was never recorded counts as finished.
  void Wait() { CUDA_CHECK(cudaEventSynchronize(events_[next_].get())); }
  // After it is enqueued.
  void Mark() {
    CUDA_CHECK(cudaEventRecord(events_[next_].get(), context_.stream()));
    next_ = (next_ + 1) % kBatchesInFlight;
  }

 private:
  const DeviceContext& context_;
  std::array<CudaEvent, kBatchesInFlight> events_;
  int next_ = 0;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_BATCH_GATE_H_
