#ifndef TIDEWRIGHT_CUDA_GBDT_GBDT_CUDA_H_
#define TIDEWRIGHT_CUDA_GBDT_GBDT_CUDA_H_

#include <memory>

#include "host/gbdt/gbdt.h"

namespace tidewright {

// The GPU twin of boosted trees: the same trees to the byte. Binned rows, margins and gradients
// stay on the device; a batch of splits is what the host reads. Throws DeviceError where the data
// does not fit.
std::unique_ptr<Solver> MakeGbdtCuda(int device, const GbdtConfig& config, TableProblem problem);

CostEstimate EstimateGbdtCuda(const GbdtConfig& config, int64_t rows, int64_t columns);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_GBDT_CUDA_H_
