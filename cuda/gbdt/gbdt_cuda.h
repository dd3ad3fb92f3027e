#ifndef TIDEWRIGHT_CUDA_GBDT_GBDT_CUDA_H_
#define TIDEWRIGHT_CUDA_GBDT_GBDT_CUDA_H_

#include <memory>

#include "host/gbdt/gbdt.h"

namespace tidewright {

// The GPU twin of boosted trees: the same trees to the byte. Binned rows, margins and gradients
// stay on the device; host/gbdt/README.md says what the host reads. Throws DeviceError where the
// data does not fit.
std::unique_ptr<Solver> MakeGbdtCuda(int device, const GbdtConfig& config, TableProblem problem);

// `rows` with those that are kept back to be watched, which take no more than the others.
CostEstimate EstimateGbdtCuda(const GbdtConfig& config, int64_t rows, int64_t columns);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_GBDT_GBDT_CUDA_H_
