#ifndef TIDEWRIGHT_HOST_FEATURES_BUILD_FEATURES_H_
#define TIDEWRIGHT_HOST_FEATURES_BUILD_FEATURES_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "host/data/event_log.h"
#include "host/features/customer_profile.h"

namespace tidewright {

// What a twin makes features of. All of it outlives the call.
struct FeatureRequest {
  const EventLog& log;
  const ProfilePlan& plan;  // of this log
  int64_t users = 0;        // of the log, with events or without
  int64_t cutoff = 0;
  const std::vector<FeatureFormula>& formulas;
};

// Of each customer with a positive event in the window, in the order of the users.
struct FeatureValues {
  std::vector<int32_t> users;
  std::vector<std::vector<float>> columns;  // one a formula, by row; NaN where there is no value
};

// A twin: BuildFeaturesCpu, or a device's (host/backend/backend.h). Both give the same bits.
using FeatureTwin = std::function<FeatureValues(const FeatureRequest&)>;

// Customers in parallel, the same bytes for any number of threads.
FeatureValues BuildFeaturesCpu(const FeatureRequest& request);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_BUILD_FEATURES_H_
