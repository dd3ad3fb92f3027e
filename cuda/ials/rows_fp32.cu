#include "cuda/ials/row_launch.cuh"

namespace tidewright {

const RowKernels& Fp32RowKernels() {
  static const RowKernels kernels = MakeRowKernels<Fp32Multiply>();
  return kernels;
}

}  // namespace tidewright
