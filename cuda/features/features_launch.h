#ifndef TIDEWRIGHT_CUDA_FEATURES_FEATURES_LAUNCH_H_
#define TIDEWRIGHT_CUDA_FEATURES_FEATURES_LAUNCH_H_

#include <cstdint>

#include "cuda/core/device_context.h"
#include "cuda/features/features_problem.h"

namespace tidewright {

// How many users have a row, and how many pairs they have together.
struct FeatureSizes {
  int64_t rows = 0;
  int64_t pairs = 0;
};

// Fills end, pairs, pair_begin and rows.
FeatureSizes CountFeatureRows(const DeviceContext& context, const FeatureProblem& problem);
// Fills keys, pair_items, visit_begin, visits and came_back, and sorts the pairs.
void FindFeaturePairs(const DeviceContext& context, const FeatureProblem& problem,
                      const FeatureSizes& sizes);
// Fills counts and totals, which are 0 before, and facts.
void GatherFeatureFacts(const DeviceContext& context, const FeatureProblem& problem, int64_t pairs);
// Fills the batch's values.
void LaunchFeatureBatch(const DeviceContext& context, const FeatureProblem& problem,
                        const FeatureBatch& batch);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_FEATURES_FEATURES_LAUNCH_H_
