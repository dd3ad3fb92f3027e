#include <charconv>

#include "host/backend/backend.h"
#include "host/core/config.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

const Backend& Available(const Backend& backend) {
  if (!backend.unavailable.empty()) {
    throw DeviceError("device " + backend.name + " is not available: " + backend.unavailable);
  }
  return backend;
}

std::string Described(const Backend& backend) {
  return backend.name + " (" + backend.description + ")";
}

}  // namespace

const Backend& ChooseBackend(const std::string& device, std::string* reason) {
  if (device == "auto") {
    const Backend& cuda = CudaBackend();
    const Backend& chosen = cuda.unavailable.empty() ? cuda : CpuBackend();
    *reason = Described(chosen) + ": " +
              (cuda.unavailable.empty() ? "a GPU is available" : cuda.unavailable);
    return chosen;
  }
  int index = 0;
  if (device.rfind("cuda:", 0) == 0) {
    const char* end = device.data() + device.size();
    const auto parsed = std::from_chars(device.data() + 5, end, index);
    if (parsed.ec != std::errc() || parsed.ptr != end || index < 0) {
      throw UsageError("--device is '" + device + "'; expected the number of a GPU, as in cuda:0");
    }
  } else if (device != "cpu" && device != "cuda") {
    throw UsageError("--device is '" + device + "'; expected auto, cpu, cuda or cuda:N" +
                     DidYouMean(device, {"auto", "cpu", "cuda"}));
  }
  const Backend& chosen = Available(device == "cpu" ? CpuBackend() : CudaBackend(index));
  *reason = Described(chosen) + ": asked for";
  return chosen;
}

}  // namespace tidewright
