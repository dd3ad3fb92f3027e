#include "cuda/core/launch_graph.h"

#include <utility>

namespace tidewright {
namespace {

// Records the stream while it lives; a stream must never be left recording.
class Recording {
 public:
  explicit Recording(cudaStream_t stream) : stream_(stream) {
    CUDA_CHECK(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal));
  }
  ~Recording() {
    if (open_) cudaStreamEndCapture(stream_, &graph_);
    if (graph_ != nullptr) cudaGraphDestroy(graph_);
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  cudaGraphExec_t Instantiate() {
    open_ = false;
    CUDA_CHECK(cudaStreamEndCapture(stream_, &graph_));
    cudaGraphExec_t executable = nullptr;
    CUDA_CHECK(cudaGraphInstantiate(&executable, graph_, 0));
    return executable;
  }

 private:
  cudaStream_t stream_;
  cudaGraph_t graph_ = nullptr;
  bool open_ = true;
};

}  // namespace

LaunchGraph::~LaunchGraph() {
  if (graph_ != nullptr) cudaGraphExecDestroy(graph_);
}

LaunchGraph::LaunchGraph(LaunchGraph&& other) noexcept
    : seen_(other.seen_), graph_(std::exchange(other.graph_, nullptr)) {}

void LaunchGraph::Run(const DeviceContext& context, const std::function<void()>& enqueue) {
  if (!seen_) {
    seen_ = true;
    enqueue();
    return;
  }
  if (graph_ == nullptr) {
    Recording recording(context.stream());
    enqueue();
    graph_ = recording.Instantiate();
  }
  CUDA_CHECK(cudaGraphLaunch(graph_, context.stream()));
}

}  // namespace tidewright
