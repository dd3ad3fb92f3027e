#include "cuda/ials/row_launch.cuh"

namespace tidewright {

const RowKernels& Tf32RowKernels() {
  static const RowKernels kernels = MakeRowKernels<Tf32Multiply>();
  return kernels;
}

}  // namespace tidewright
