#ifndef TIDEWRIGHT_HOST_DATA_SNAPSHOT_SPEC_H_
#define TIDEWRIGHT_HOST_DATA_SNAPSHOT_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/time.h"
#include "host/data/aggregate.h"

namespace tidewright {

// How an event log becomes a table of customers at a cutoff (host/features). Times are
// microseconds; every span is open at its begin and closed at its end:
//
//   (cutoff - window, cutoff]                       what the features see
//   (cutoff + gap, cutoff + gap + horizon]          no positive event here: churned
//
// An event is positive where its signal's weight is above 0 and its value not below 0, or both are
// negative; negative where one of them is. A signal of weight 0, or one that is not named, does not
// take part.
struct SnapshotSpec {
  int64_t window = 365 * kMicrosPerDay;
  int64_t gap = 0;
  int64_t horizon = 90 * kMicrosPerDay;
  std::vector<SignalWeight> signals;
  std::vector<std::string> event_columns;  // numbers of the events beside the value: "price"
  std::vector<std::string>
      user_columns;                 // of /users, as they stand in the file, whatever the cutoff
  std::vector<std::string> groups;  // of features, in the order of FeatureGroups()
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SNAPSHOT_SPEC_H_
