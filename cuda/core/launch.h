#ifndef TIDEWRIGHT_CUDA_CORE_LAUNCH_H_
#define TIDEWRIGHT_CUDA_CORE_LAUNCH_H_

#include <cstdint>

#include "cuda/core/check.h"

namespace tidewright {

// Blocks that cover `count` pieces of work.
inline unsigned BlocksFor(int64_t count, int64_t per_block) {
  return static_cast<unsigned>((count + per_block - 1) / per_block);
}

// A block may use more than 48 KB of shared memory only where its kernel was told so.
template <class Kernel>
void AllowShared(Kernel kernel, int64_t bytes) {
  CUDA_CHECK(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                                  cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(bytes)));
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_CORE_LAUNCH_H_
