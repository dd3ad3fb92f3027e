#include "host/backend/backend.h"

namespace tidewright {

const Backend& CudaBackend(int device) {
  static const Backend backend = [device] {
    Backend none;
    none.name = "cuda:" + std::to_string(device);
    none.unavailable =
        "this program was built without CUDA; build it with `cmake --preset cuda` where nvcc is "
        "installed, or use --device cpu";
    return none;
  }();
  return backend;
}

}  // namespace tidewright
