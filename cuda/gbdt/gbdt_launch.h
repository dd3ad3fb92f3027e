#ifndef TIDEWRIGHT_CUDA_GBDT_GBDT_LAUNCH_H_
#define TIDEWRIGHT_CUDA_GBDT_GBDT_LAUNCH_H_

#include "cuda/core/device_context.h"
#include "cuda/gbdt/gbdt_problem.h"

namespace tidewright {

// Enqueue the kernels of the same names on the context's stream.
void LaunchGbdtSummary(const DeviceContext& context, const GbdtRows& rows, BlockSummary* blocks);
void LaunchGbdtQuantise(const DeviceContext& context, const GbdtRows& rows, const Quantum& quantum,
                        uint32_t key);
void LaunchGbdtOrder(const DeviceContext& context, const GbdtRows& rows);
void LaunchGbdtSum(const DeviceContext& context, const GbdtRows& rows, int64_t count,
                   unsigned long long* sums);
void LaunchGbdtMargins(const DeviceContext& context, const GbdtRows& rows, const MarginPart* parts,
                       int64_t count);
void LaunchGbdtTree(const DeviceContext& context, const uint8_t* by_row, int64_t stride,
                    int64_t rows, const BinnedNode* tree, float* margin);
void LaunchGbdtPartition(const DeviceContext& context, const GbdtRows& rows,
                         const PartitionProblem& problem);
void LaunchGbdtHistograms(const DeviceContext& context, const GbdtRows& rows, int64_t columns,
                          const HistogramPart* parts, int64_t count);
void LaunchGbdtSubtract(const DeviceContext& context, const HistogramDifference* differences,
                        int64_t count, int64_t columns);
void LaunchGbdtSearch(const DeviceContext& context, const SearchProblem& problem);

inline constexpr int64_t kHistogramSharedBytes = kGroupColumns * kMaxBins * 8;

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_GBDT_LAUNCH_H_
