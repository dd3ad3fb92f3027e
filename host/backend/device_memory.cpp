#include "host/backend/device_memory.h"

#include <atomic>

namespace tidewright {
namespace {

std::atomic<int64_t> device_memory_limit{0};

}  // namespace

void SetDeviceMemoryLimit(int64_t bytes) { device_memory_limit = bytes; }
int64_t DeviceMemoryLimit() { return device_memory_limit; }

}  // namespace tidewright
