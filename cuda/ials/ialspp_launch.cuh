#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_LAUNCH_CUH_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_LAUNCH_CUH_

#include "cuda/core/launch.h"
#include "cuda/ials/ialspp_launch.h"
#include "cuda/ials/ialspp_solve.cuh"

namespace tidewright {

template <class Multiply>
IalsppKernels MakeIalsppKernels() {
  IalsppKernels kernels;
  kernels.solve_rows = [](const DeviceContext& context, const IalsppProblem& problem) {
    const int64_t bytes = SolveShared::Bytes(problem.rows.padded);
    const auto kernel = WithElement(problem.rows.storage, [](auto element) {
      return IalsppSolveRowsKernel<Multiply, decltype(element)>;
    });
    AllowShared(kernel, bytes);
    kernel<<<static_cast<unsigned>(problem.places), RowWarps(problem.rows.padded) * kWarpSize,
             static_cast<size_t>(bytes), context.stream()>>>(problem);
    CUDA_CHECK(cudaGetLastError());
  };
  kernels.solve_parts = [](const DeviceContext& context, const IalsppProblem& problem,
                           const PartialSums& sums, bool in_place) {
    const int64_t bytes = VectorShared::Bytes(problem.rows.padded, in_place);
    const auto kernel =
        in_place ? IalsppSolvePartsKernel<Multiply, true> : IalsppSolvePartsKernel<Multiply, false>;
    AllowShared(kernel, bytes);
    kernel<<<static_cast<unsigned>(problem.places), PartsThreads(problem.rows.padded, in_place),
             static_cast<size_t>(bytes), context.stream()>>>(problem, sums);
    CUDA_CHECK(cudaGetLastError());
  };
  return kernels;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_LAUNCH_CUH_
