#include "cuda/topk/top_k_launch.h"

#include "cuda/topk/top_k_kernels.cuh"

namespace tidewright {

void LaunchRank(const DeviceContext& context, const ScoreRows& rows, int64_t count, int k,
                const RankedRows& ranked) {
  const auto blocks = static_cast<unsigned>(count);
  const bool counts = ranked.saved != nullptr;
  if (counts) {
    SaveRelevantKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows, ranked.saved);
    CUDA_CHECK(cudaGetLastError());
  }
  MaskKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows);
  CUDA_CHECK(cudaGetLastError());
  SelectTopKKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows, k, ranked.ids,
                                                                  ranked.scores);
  CUDA_CHECK(cudaGetLastError());
  if (!counts) return;
  CountAboveKernel<<<blocks, kTopKThreads, 0, context.stream()>>>(rows, ranked.saved, ranked.higher,
                                                                  ranked.equal);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
