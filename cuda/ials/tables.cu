#include "cuda/core/launch.h"
#include "cuda/ials/row_launch.h"
#include "cuda/ials/table_kernels.cuh"

namespace tidewright {
namespace {

constexpr int kThreads = 256;

}  // namespace

void LaunchSumParts(const DeviceContext& context, const PartialSums& sums, int64_t parts,
                    float* total) {
  SumPartsKernel<<<BlocksFor(sums.tiles_stride, kThreads), kThreads, 0, context.stream()>>>(
      sums, parts, total);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchSumShares(const DeviceContext& context, const double* shares, int64_t count,
                     double* total) {
  SumSharesKernel<<<1, kSumThreads, kSumThreads * sizeof(double), context.stream()>>>(shares, count,
                                                                                      total);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchClearRows(const DeviceContext& context, const RowProblem& problem, const int32_t* rows,
                     int64_t count) {
  if (count == 0) return;
  ClearRowsKernel<<<BlocksFor(count * problem.padded, kThreads), kThreads, 0, context.stream()>>>(
      problem, rows, count);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchRoundRows(const DeviceContext& context, FactorStorage storage, float* table,
                     int64_t count, int padded, double* share) {
  if (count == 0 || storage == FactorStorage::kFp32) return;
  WithElement(storage, [&](auto element) {
    RoundRowsKernel<decltype(element)>
        <<<BlocksFor(count, kThreads / kWarpSize), kThreads, 0, context.stream()>>>(table, count,
                                                                                    padded, share);
  });
  CUDA_CHECK(cudaGetLastError());
}

void LaunchPadRows(const DeviceContext& context, const float* packed, const TableLayout& layout,
                   int64_t count, float* table) {
  if (count == 0) return;
  PadRowsKernel<<<BlocksFor(count * layout.padded(), kThreads), kThreads, 0, context.stream()>>>(
      packed, layout, count, table);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGatherRows(const DeviceContext& context, const float* table, const TableLayout& layout,
                      const int32_t* rows, int64_t count, float* packed) {
  if (count == 0) return;
  GatherRowsKernel<<<BlocksFor(count * layout.factors, kThreads), kThreads, 0, context.stream()>>>(
      table, layout, rows, count, packed);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
