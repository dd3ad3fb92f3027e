#include "cuda/ials/ialspp_launch.cuh"

namespace tidewright {

const IalsppKernels& Tf32IalsppKernels() {
  static const IalsppKernels kernels = MakeIalsppKernels<Tf32Multiply>();
  return kernels;
}

}  // namespace tidewright
