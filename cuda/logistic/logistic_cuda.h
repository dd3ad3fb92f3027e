#ifndef TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_CUDA_H_
#define TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_CUDA_H_

#include <memory>

#include "host/logistic/logistic.h"

namespace tidewright {

// The GPU twin of MakeLogisticCpu: the encoded table stays on the device, each evaluation of
// objective and gradient is one pass over it, and the steps of L-BFGS are the host's. Arithmetic is
// double, as on the CPU, in an order of its own: the same GPU model gives the same bytes. Throws
// DeviceError where the estimate exceeds what is free.
std::unique_ptr<Solver> MakeLogisticCuda(int device, const LogisticConfig& config,
                                         TableProblem problem);

CostEstimate EstimateLogisticCuda(const LogisticConfig& config, int64_t rows, int64_t columns);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_CUDA_H_
