#include "cuda/core/launch.h"
#include "cuda/ials/row_launch.h"
#include "cuda/ials/table_kernels.cuh"

namespace tidewright {
namespace {

constexpr int kThreads = 256;

}  // namespace

void LaunchSumShares(const DeviceContext& context, const double* shares, int64_t count,
                     double* total) {
  SumSharesKernel<<<1, kSumThreads, kSumThreads * sizeof(double), context.stream()>>>(shares, count,
                                                                                      total);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchPadRows(const DeviceContext& context, const float* packed, const TableLayout& layout,
                   int64_t count, const StoredTable& table) {
  if (count == 0) return;
  WithElement(table.storage, [&](auto element) {
    PadRowsKernel<<<BlocksFor(count * layout.padded(), kThreads), kThreads, 0, context.stream()>>>(
        packed, layout, count, static_cast<decltype(element)*>(table.numbers));
  });
  CUDA_CHECK(cudaGetLastError());
}

void LaunchStoreRows(const DeviceContext& context, const float* solved, int64_t count, int padded,
                     const StoredTable& table, double* share) {
  if (count == 0) return;
  WithElement(table.storage, [&](auto element) {
    StoreRowsKernel<<<BlocksFor(count, kThreads / kWarpSize), kThreads, 0, context.stream()>>>(
        solved, count, padded, static_cast<decltype(element)*>(table.numbers), share);
  });
  CUDA_CHECK(cudaGetLastError());
}

void LaunchWidenRows(const DeviceContext& context, const StoredTable& table, int64_t elements,
                     float* floats) {
  if (elements == 0) return;
  WithElement(table.storage, [&](auto element) {
    WidenRowsKernel<<<BlocksFor(elements / 4, kThreads), kThreads, 0, context.stream()>>>(
        static_cast<const decltype(element)*>(table.numbers), elements, floats);
  });
  CUDA_CHECK(cudaGetLastError());
}

void LaunchGatherRows(const DeviceContext& context, const StoredTable& table,
                      const TableLayout& layout, const int32_t* rows, int64_t count,
                      float* packed) {
  if (count == 0) return;
  WithElement(table.storage, [&](auto element) {
    GatherRowsKernel<<<BlocksFor(count * layout.factors, kThreads), kThreads, 0,
                       context.stream()>>>(static_cast<const decltype(element)*>(table.numbers),
                                           layout, rows, count, packed);
  });
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
