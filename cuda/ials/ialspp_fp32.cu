#include "cuda/ials/ialspp_launch.cuh"

namespace tidewright {

const IalsppKernels& Fp32IalsppKernels() {
  static const IalsppKernels kernels = MakeIalsppKernels<Fp32Multiply>();
  return kernels;
}

}  // namespace tidewright
