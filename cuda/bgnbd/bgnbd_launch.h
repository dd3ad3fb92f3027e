#ifndef TIDEWRIGHT_CUDA_BGNBD_BGNBD_LAUNCH_H_
#define TIDEWRIGHT_CUDA_BGNBD_BGNBD_LAUNCH_H_

#include "cuda/bgnbd/bgnbd_problem.h"
#include "cuda/core/device_context.h"

namespace tidewright {

// Fills problem.sums.
void LaunchBgnbdSums(const DeviceContext& context, const BgnbdProblem& problem);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_BGNBD_BGNBD_LAUNCH_H_
