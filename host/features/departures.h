#ifndef TIDEWRIGHT_HOST_FEATURES_DEPARTURES_H_
#define TIDEWRIGHT_HOST_FEATURES_DEPARTURES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/event_log.h"
#include "host/data/feature_table.h"
#include "host/data/snapshot_spec.h"

namespace tidewright {

// When a customer left, as far as a log tells; microseconds from the cutoff. A customer has left
// who has no positive event for a horizon. They left with their last positive event before that
// silence: at 0 where none follows the cutoff for so long.
struct Departure {
  int64_t time = 0;      // of leaving; else `followed`: they left after that, nobody knows when
  bool left = false;     // the whole silence was seen
  int64_t followed = 0;  // leaving by then would have been seen: end - horizon - cutoff
};

// Of each row of DescribeCustomers. Reads nothing after `end`, or the log's last event where that
// is earlier. The gap of the specification has no part in it. Throws DataError where a horizon from
// the cutoff on does not end by then: nobody could be seen to leave.
std::vector<Departure> FindDepartures(const EventLog& log, const SnapshotSpec& spec, int64_t cutoff,
                                      int64_t end, const FeatureTable& table);

// "90d", whole days, or "less than a day": how long customers are followed, in messages.
std::string FollowedText(int64_t followed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_DEPARTURES_H_
