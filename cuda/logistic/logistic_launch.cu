#include "cuda/logistic/logistic_launch.h"

#include "cuda/core/launch.h"
#include "cuda/logistic/logistic_kernels.cuh"

namespace tidewright {

void LaunchLogisticSums(const DeviceContext& context, const LogisticProblem& problem) {
  AllowShared(LogisticPartKernel, problem.SharedBytes());
  LogisticPartKernel<<<static_cast<unsigned>(problem.parts), kLogisticThreads,
                       static_cast<size_t>(problem.SharedBytes()), context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
  LogisticTotalKernel<<<BlocksFor(problem.dense + 2, kLogisticThreads), kLogisticThreads, 0,
                        context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
