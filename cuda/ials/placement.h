#ifndef TIDEWRIGHT_CUDA_IALS_PLACEMENT_H_
#define TIDEWRIGHT_CUDA_IALS_PLACEMENT_H_

#include <cstdint>
#include <string>

#include "host/ials/ials.h"

namespace tidewright {

// What of a training run stays with the host and comes to the device block by block. It changes
// times, never bytes: blocks are the same, and so is all that is done with them.
struct IalsPlacement {
  bool streamed = false;       // the entries of both matrices
  bool users_on_host = false;  // the factors
  bool items_on_host = false;
};

// cuBLAS's workspace and handle, and what the kernels' code takes.
inline constexpr int64_t kContextBytes = int64_t{96} << 20;

// What stays with the host, or nothing.
std::string PlacementText(const IalsPlacement& placement);

struct IalsCudaPlan {
  IalsPlacement placement;
  CostEstimate cost;
};

// The first of these that fits into `room` bytes of the device: all of it there; the entries
// streamed; the factors of the longer side with the host, too; those of both sides. The one
// that takes least where none fits.
IalsCudaPlan PlanIalsCuda(const IalsConfig& config, int64_t users, int64_t items, int64_t entries,
                          int64_t room);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_PLACEMENT_H_
