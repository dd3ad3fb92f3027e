#include "bench/device_histograms.h"
#include "host/core/errors.h"

namespace tidewright {

std::unique_ptr<DeviceHistograms> MakeDeviceHistograms(const HistogramWork&) {
  throw DeviceError("this build has no CUDA");
}

}  // namespace tidewright
