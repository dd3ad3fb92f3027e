#ifndef TIDEWRIGHT_CUDA_BGNBD_BGNBD_CUDA_H_
#define TIDEWRIGHT_CUDA_BGNBD_BGNBD_CUDA_H_

#include <memory>

#include "host/bgnbd/bgnbd.h"

namespace tidewright {

// The GPU twin of MakeBgnbdCpu: the cells stay on the device, each evaluation is one pass over
// them. Arithmetic is double, as on the CPU, in an order of its own: the same GPU model gives the
// same bytes. Throws DeviceError where the cells do not fit.
std::unique_ptr<BgnbdSummer> MakeBgnbdCuda(int device, const PurchaseCells& cells);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_BGNBD_BGNBD_CUDA_H_
