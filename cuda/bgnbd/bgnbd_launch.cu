#include "cuda/bgnbd/bgnbd_launch.h"

#include "cuda/bgnbd/bgnbd_kernels.cuh"
#include "cuda/core/launch.h"

namespace tidewright {

void LaunchBgnbdSums(const DeviceContext& context, const BgnbdProblem& problem) {
  BgnbdPartKernel<<<static_cast<unsigned>(problem.parts), kBgnbdThreads,
                    static_cast<size_t>(BgnbdProblem::kSharedBytes), context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
  BgnbdTotalKernel<<<1, 32, 0, context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
