#ifndef TIDEWRIGHT_CUDA_CORE_CUDA_METER_H_
#define TIDEWRIGHT_CUDA_CORE_CUDA_METER_H_

#include <memory>

#include "host/backend/meter.h"

namespace tidewright {

// Takes time by events on a stream of its own, which is idle but for them. The bandwidth is that of
// a copy within the device, the peaks are computed from the device's properties: clock x
// multiprocessors x fused multiply-adds a clock x 2.
std::unique_ptr<Meter> MakeCudaMeter(int device);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_CUDA_METER_H_
