#ifndef TIDEWRIGHT_CUDA_IALS_ROW_LAUNCH_CUH_
#define TIDEWRIGHT_CUDA_IALS_ROW_LAUNCH_CUH_

#include "cuda/core/launch.h"
#include "cuda/ials/row_kernels.cuh"
#include "cuda/ials/row_launch.h"

namespace tidewright {

template <class Multiply>
RowKernels MakeRowKernels() {
  RowKernels kernels;
  kernels.solve_rows = [](const DeviceContext& context, const RowProblem& problem,
                          const int32_t* rows, int64_t count) {
    const int64_t bytes = SolveShared::Bytes(problem.padded);
    const auto kernel = WithElement(
        problem.storage, [](auto element) { return SolveRowsKernel<Multiply, decltype(element)>; });
    AllowShared(kernel, bytes);
    kernel<<<static_cast<unsigned>(count), RowWarps(problem.padded) * kWarpSize,
             static_cast<size_t>(bytes), context.stream()>>>(problem, rows);
    CUDA_CHECK(cudaGetLastError());
  };
  kernels.accumulate_parts = [](const DeviceContext& context, const RowProblem& problem,
                                const EntryRange* parts, int64_t count, const PartialSums& sums) {
    const int64_t bytes = PartShared::Bytes(StagedColumns(problem.padded));
    const auto kernel = WithElement(problem.storage, [&](auto element) {
      return problem.padded > kMaxStagedColumns
                 ? AccumulatePanelsKernel<Multiply, decltype(element)>
                 : AccumulatePartsKernel<Multiply, decltype(element)>;
    });
    AllowShared(kernel, bytes);
    kernel<<<dim3(static_cast<unsigned>(count), static_cast<unsigned>(PartPasses(problem.padded))),
             RowWarps(problem.padded) * kWarpSize, static_cast<size_t>(bytes), context.stream()>>>(
        problem, parts, sums);
    CUDA_CHECK(cudaGetLastError());
  };
  kernels.solve_parts = [](const DeviceContext& context, const RowProblem& problem,
                           const SplitRow* rows, int64_t count, const PartialSums& sums,
                           bool in_place) {
    const int64_t bytes = VectorShared::Bytes(problem.padded, in_place);
    const auto kernel =
        in_place ? SolvePartsKernel<Multiply, true> : SolvePartsKernel<Multiply, false>;
    AllowShared(kernel, bytes);
    kernel<<<static_cast<unsigned>(count), PartsThreads(problem.padded, in_place),
             static_cast<size_t>(bytes), context.stream()>>>(problem, rows, sums);
    CUDA_CHECK(cudaGetLastError());
  };
  return kernels;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ROW_LAUNCH_CUH_
