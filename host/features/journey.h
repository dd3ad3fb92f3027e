#ifndef TIDEWRIGHT_HOST_FEATURES_JOURNEY_H_
#define TIDEWRIGHT_HOST_FEATURES_JOURNEY_H_

#include <cstdint>
#include <string>

#include "host/data/feature_table.h"

namespace tidewright {

// A customer's row of DescribeCustomers in words: "14 visits, usually every 21 days, the last one
// 58 days ago; 12 % of the events of the last 90 days were negative; a customer for 240 days". What
// its columns do not say is left out; empty where they say nothing.
std::string JourneyText(const FeatureTable& table, int64_t row);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_JOURNEY_H_
