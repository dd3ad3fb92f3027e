#include "cuda/ials/ialspp_launch.h"

#include "cuda/core/launch.h"
#include "cuda/ials/ialspp_sweep.cuh"

namespace tidewright {

void LaunchIalsppLoad(const DeviceContext& context, const IalsppProblem& problem) {
  IalsppLoadKernel<<<BlocksFor(problem.places * (problem.width / 4), kSweepThreads), kSweepThreads,
                     0, context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchIalsppPredict(const DeviceContext& context, const IalsppProblem& problem,
                         int64_t slots) {
  const auto kernel = WithElement(
      problem.rows.storage, [](auto element) { return IalsppPredictKernel<decltype(element)>; });
  kernel<<<static_cast<unsigned>(slots), kSweepThreads, 4 * static_cast<size_t>(problem.width),
           context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchIalsppMoveParts(const DeviceContext& context, const IalsppProblem& problem,
                           int64_t parts) {
  const auto kernel = WithElement(
      problem.rows.storage, [](auto element) { return IalsppMovePartsKernel<decltype(element)>; });
  kernel<<<static_cast<unsigned>(parts), kSweepThreads,
           4 * static_cast<size_t>(problem.rows.padded), context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchIalsppFinish(const DeviceContext& context, const IalsppProblem& problem) {
  IalsppFinishKernel<<<static_cast<unsigned>(problem.places), kSweepThreads,
                       kSweepWarps * sizeof(double), context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchPackBlocks(const DeviceContext& context, const float* gramian, int width, int padded,
                      float* blocks) {
  const int64_t elements = TileStart(TileCount(padded), 0) * (width / padded);
  PackBlocksKernel<<<BlocksFor(elements, kSweepThreads), kSweepThreads, 0, context.stream()>>>(
      gramian, width, padded, blocks);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
