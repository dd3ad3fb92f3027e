#ifndef TIDEWRIGHT_CUDA_FEATURES_FEATURES_CUDA_H_
#define TIDEWRIGHT_CUDA_FEATURES_FEATURES_CUDA_H_

#include <cstdint>

#include "cuda/core/device_context.h"
#include "host/features/build_features.h"

namespace tidewright {

// Rows that are described at once: enough to fill a large GPU.
inline constexpr int64_t kFeatureBatchRows = 1 << 18;

// The GPU twin of BuildFeaturesCpu: the same bits. The whole log and a list of the window's events
// by customer and item stand in device memory; tables come back `batch_rows` rows at a time. Throws
// DeviceError where that does not fit.
FeatureValues BuildFeaturesCuda(const DeviceContext& context, const FeatureRequest& request,
                                int64_t batch_rows = kFeatureBatchRows);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_FEATURES_FEATURES_CUDA_H_
