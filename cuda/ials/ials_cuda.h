#ifndef TIDEWRIGHT_CUDA_IALS_IALS_CUDA_H_
#define TIDEWRIGHT_CUDA_IALS_IALS_CUDA_H_

#include <memory>

#include "host/ials/ials.h"
#include "host/linalg/top_k.h"

namespace tidewright {

// The GPU twin of MakeIalsCpu: the same objective and order of work. Rows are solved by one block
// each, longest first; rows of thousands of entries by a group of blocks whose sums are added in a
// fixed order, so that the same GPU model gives the same bytes. config.precision tf32 rounds the
// factors to 10 mantissa bits where they enter A (not b, and not the factorization). Validation
// ranks with `top_k`. `data` outlives the solver. What does not fit the device stays with the host
// and comes to it in blocks of rows, to the same bytes (placement.h). Throws DeviceError where not
// even the least of the estimates fits.
std::unique_ptr<Solver> MakeIalsCuda(int device, TopKResult (*top_k)(const TopKRequest& request),
                                     const IalsConfig& config, const Interactions& data);

// What it takes where `room` bytes of the device are free.
CostEstimate EstimateIalsCuda(const IalsConfig& config, int64_t users, int64_t items,
                              int64_t entries, int64_t room);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALS_CUDA_H_
