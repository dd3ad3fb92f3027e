#ifndef TIDEWRIGHT_TESTS_SUPPORT_FEATURE_TWINS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_FEATURE_TWINS_H_

#include <cstdint>

#include "host/features/build_features.h"
#include "host/features/feature_list.h"

namespace tidewright {

inline constexpr int64_t kTwinCutoff = 1'000 * kMicrosPerDay;

// A log around kTwinCutoff, with two signals and one that takes no part, values below 0, a column
// with gaps, visits of several events and users without any; the specification with every feature.
struct FeatureCase {
  EventLog log;
  SnapshotSpec spec;
  int64_t users = 0;
};
FeatureCase MadeUpFeatureCase(int64_t users, int64_t events);

// The case's features by a twin, at kTwinCutoff.
FeatureValues FeaturesOf(const FeatureCase& feature_case, const FeatureTwin& twin);

// Checks that the twin gives the CPU's bytes on logs with and without signals, values and columns,
// on short windows, and where no item had a customer before the last horizon.
void ExpectFeatureTwins(const FeatureTwin& twin, int64_t users, int64_t events);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_FEATURE_TWINS_H_
