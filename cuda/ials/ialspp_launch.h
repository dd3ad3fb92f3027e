#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_LAUNCH_H_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_LAUNCH_H_

#include <cstdint>

#include "cuda/core/device_context.h"
#include "cuda/ials/ialspp_problem.h"

namespace tidewright {

// Enqueue the kernels of ialspp_solve.cuh, of one precision.
struct IalsppKernels {
  void (*solve_rows)(const DeviceContext& context, const IalsppProblem& problem);
  void (*solve_parts)(const DeviceContext& context, const IalsppProblem& problem,
                      const PartialSums& sums, bool in_place);
};
const IalsppKernels& Tf32IalsppKernels();
const IalsppKernels& Fp32IalsppKernels();

// Enqueue the kernels of ialspp_sweep.cuh. `slots`: places, or parts where the rows are split.
void LaunchIalsppLoad(const DeviceContext& context, const IalsppProblem& problem);
void LaunchIalsppPredict(const DeviceContext& context, const IalsppProblem& problem, int64_t slots);
void LaunchIalsppMoveParts(const DeviceContext& context, const IalsppProblem& problem,
                           int64_t parts);
void LaunchIalsppFinish(const DeviceContext& context, const IalsppProblem& problem);
void LaunchPackBlocks(const DeviceContext& context, const float* gramian, int width, int padded,
                      float* blocks);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_LAUNCH_H_
