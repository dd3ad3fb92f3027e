#ifndef TIDEWRIGHT_CUDA_CORE_LAUNCH_GRAPH_H_
#define TIDEWRIGHT_CUDA_CORE_LAUNCH_GRAPH_H_

#include <functional>

#include "cuda/core/device_context.h"

namespace tidewright {

// A sequence of launches that is the same each time: enqueued as it is the first time (which loads
// its kernels), recorded the second time, and replayed as one CUDA graph from then on. The sequence
// neither allocates nor waits, and the pointers it uses live as long as this does.
class LaunchGraph {
 public:
  LaunchGraph() = default;
  ~LaunchGraph();
  LaunchGraph(LaunchGraph&& other) noexcept;
  LaunchGraph& operator=(LaunchGraph&&) = delete;

  // Runs what `enqueue` puts on the context's stream.
  void Run(const DeviceContext& context, const std::function<void()>& enqueue);

 private:
  bool seen_ = false;
  cudaGraphExec_t graph_ = nullptr;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_LAUNCH_GRAPH_H_
