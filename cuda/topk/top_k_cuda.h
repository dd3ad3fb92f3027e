#ifndef TIDEWRIGHT_CUDA_TOPK_TOP_K_CUDA_H_
#define TIDEWRIGHT_CUDA_TOPK_TOP_K_CUDA_H_

#include "cuda/core/device_context.h"
#include "host/linalg/top_k.h"

namespace tidewright {

// The GPU twin of TopKCpu: the same answer but for the rounding of scores, which are products in
// fp32 by cuBLAS. Batches of queries, their size by the number of items alone.
TopKResult TopKCuda(const DeviceContext& context, const TopKRequest& request);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_TOPK_TOP_K_CUDA_H_
