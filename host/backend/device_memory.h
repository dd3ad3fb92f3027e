#ifndef TIDEWRIGHT_HOST_BACKEND_DEVICE_MEMORY_H_
#define TIDEWRIGHT_HOST_BACKEND_DEVICE_MEMORY_H_

#include <cstdint>

namespace tidewright {

// Bytes of a GPU that this process may take; 0: as many as are free. Only sizes that are asked for
// count, not what the driver takes for itself.
void SetDeviceMemoryLimit(int64_t bytes);
int64_t DeviceMemoryLimit();

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BACKEND_DEVICE_MEMORY_H_
