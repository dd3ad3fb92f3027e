#ifndef TIDEWRIGHT_CUDA_TOPK_TOP_K_CUDA_H_
#define TIDEWRIGHT_CUDA_TOPK_TOP_K_CUDA_H_

#include <algorithm>
#include <cstdint>

#include "cuda/core/device_context.h"
#include "host/linalg/top_k.h"

namespace tidewright {

// What is worked on at a time: by shapes alone, since a product's rounding may depend on its shape.
struct TopKBlocks {
  int64_t scores = int64_t{1} << 26;       // 256 MiB of them
  int64_t most_queries = 8192;             // no more than keep the grid busy
  int64_t item_floats = int64_t{1} << 24;  // of items, to a product

  int64_t Queries(int64_t count, int64_t items) const {
    return std::min(count,
                    std::clamp(scores / std::max<int64_t>(items, 1), int64_t{1}, most_queries));
  }
  // A multiple of 64, so that blocks of a table begin on the same boundaries as one on its own.
  int64_t Items(int64_t items, int64_t factors) const {
    return std::min(std::max(item_floats / factors / 64 * 64, int64_t{64}), items);
  }
};

enum class TopKPlace { kHost, kDevice };

// Bytes that a request of `count` queries takes beside its lists of items, where the items do not
// fit and come block by block.
int64_t TopKBytes(int64_t count, int64_t items, int64_t factors, int64_t k,
                  const TopKBlocks& blocks = {});

// The GPU twin of TopKCpu: the same answer but for the rounding of scores, which are products in
// fp32 by cuBLAS. Items that have no room beside the scores are brought anew for each batch of
// queries, to the same bytes. Throws DeviceError where the rest does not fit. `place`: where the
// request's queries and items are; all else of it is the host's.
TopKResult TopKCuda(const DeviceContext& context, const TopKRequest& request,
                    TopKPlace place = TopKPlace::kHost, const TopKBlocks& blocks = {});

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_TOPK_TOP_K_CUDA_H_
