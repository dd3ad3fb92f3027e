#ifndef TIDEWRIGHT_CUDA_IALS_CG_LAUNCH_H_
#define TIDEWRIGHT_CUDA_IALS_CG_LAUNCH_H_

#include <cstdint>

#include "cuda/core/device_context.h"
#include "cuda/ials/cg_problem.h"

namespace tidewright {

// Enqueue the kernels of cg_gather.cuh and cg_update.cuh.
void LaunchCgLoad(const DeviceContext& context, const CgProblem& problem, bool from_zero);
// The slots [0, slots): those from short_begin on are short.
void LaunchCgPass(const DeviceContext& context, const CgProblem& problem, int64_t short_begin,
                  int64_t slots, const CgPass& pass);
void LaunchCgUpdate(const DeviceContext& context, const CgProblem& problem, CgUpdate update);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_CG_LAUNCH_H_
