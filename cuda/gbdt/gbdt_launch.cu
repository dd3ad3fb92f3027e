#include "cuda/gbdt/gbdt_launch.h"

#include "cuda/core/launch.h"
#include "cuda/gbdt/histogram_kernels.cuh"
#include "cuda/gbdt/partition_kernels.cuh"
#include "cuda/gbdt/row_kernels.cuh"
#include "cuda/gbdt/split_kernels.cuh"

namespace tidewright {
namespace {

constexpr int64_t kMostSumBlocks = 1024;

}  // namespace

void LaunchGbdtSummary(const DeviceContext& context, const GbdtRows& rows, BlockSummary* blocks) {
  GbdtSummaryKernel<<<BlocksFor(rows.rows, kSummaryRows), kGbdtThreads, 0, context.stream()>>>(
      rows, blocks);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtQuantise(const DeviceContext& context, const GbdtRows& rows, const Quantum& quantum,
                        uint32_t key) {
  GbdtQuantiseKernel<<<BlocksFor(rows.rows, kGbdtThreads), kGbdtThreads, 0, context.stream()>>>(
      rows, quantum, key);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtOrder(const DeviceContext& context, const GbdtRows& rows) {
  GbdtOrderKernel<<<BlocksFor(rows.rows, kGbdtThreads), kGbdtThreads, 0, context.stream()>>>(rows);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtSum(const DeviceContext& context, const GbdtRows& rows, int64_t count,
                   unsigned long long* sums) {
  if (count == 0) return;
  const int64_t blocks = (count + kGbdtThreads - 1) / kGbdtThreads;
  GbdtSumKernel<<<static_cast<unsigned>(blocks < kMostSumBlocks ? blocks : kMostSumBlocks),
                  kGbdtThreads, 0, context.stream()>>>(rows, count, sums);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtMargins(const DeviceContext& context, const GbdtRows& rows, const MarginPart* parts,
                       int64_t count) {
  if (count == 0) return;
  GbdtMarginKernel<<<static_cast<unsigned>(count), kGbdtThreads, 0, context.stream()>>>(rows,
                                                                                        parts);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtTree(const DeviceContext& context, const uint8_t* by_row, int64_t stride,
                    int64_t rows, const BinnedNode* tree, float* margin) {
  if (rows == 0) return;
  GbdtTreeKernel<<<BlocksFor(rows, kGbdtThreads), kGbdtThreads, 0, context.stream()>>>(
      by_row, stride, rows, tree, margin);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtPartition(const DeviceContext& context, const GbdtRows& rows,
                         const PartitionProblem& problem) {
  const auto parts = static_cast<unsigned>(problem.part_count);
  GbdtCountLeftsKernel<<<parts, kGbdtThreads, 0, context.stream()>>>(rows, problem);
  CUDA_CHECK(cudaGetLastError());
  GbdtPlacePartsKernel<<<static_cast<unsigned>(problem.move_count), kGbdtThreads, 0,
                         context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
  GbdtMoveRowsKernel<<<parts, kGbdtThreads, 0, context.stream()>>>(rows, problem);
  CUDA_CHECK(cudaGetLastError());
  GbdtPutBackKernel<<<parts, kGbdtThreads, 0, context.stream()>>>(rows, problem);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtHistograms(const DeviceContext& context, const GbdtRows& rows, int64_t columns,
                          const HistogramPart* parts, int64_t count) {
  if (count == 0) return;
  const dim3 grid(BlocksFor(columns, kGroupColumns), static_cast<unsigned>(count));
  GbdtHistogramKernel<<<grid, kGbdtThreads, kHistogramSharedBytes, context.stream()>>>(
      rows, columns, parts);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtSubtract(const DeviceContext& context, const HistogramDifference* differences,
                        int64_t count, int64_t columns) {
  if (count == 0) return;
  const dim3 grid(static_cast<unsigned>(columns), static_cast<unsigned>(count));
  GbdtSubtractKernel<<<grid, kGbdtThreads, 0, context.stream()>>>(differences);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGbdtSearch(const DeviceContext& context, const SearchProblem& problem) {
  if (problem.job_count == 0) return;
  const dim3 grid(static_cast<unsigned>(problem.asked_count),
                  static_cast<unsigned>(problem.job_count));
  GbdtSearchKernel<<<grid, kGbdtThreads, 0, context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
  constexpr int kChooseThreads = 32;
  GbdtChooseKernel<<<BlocksFor(problem.job_count, kChooseThreads), kChooseThreads, 0,
                     context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
