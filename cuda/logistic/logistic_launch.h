#ifndef TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_LAUNCH_H_
#define TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_LAUNCH_H_

#include "cuda/core/device_context.h"
#include "cuda/logistic/logistic_problem.h"

namespace tidewright {

// Sums over all rows: problem.sums and problem.slot_residuals, which are 0 before.
void LaunchLogisticSums(const DeviceContext& context, const LogisticProblem& problem);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_LAUNCH_H_
