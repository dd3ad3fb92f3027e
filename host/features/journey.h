#ifndef TIDEWRIGHT_HOST_FEATURES_JOURNEY_H_
#define TIDEWRIGHT_HOST_FEATURES_JOURNEY_H_

#include <cstdint>
#include <string>

#include "host/data/event_log.h"
#include "host/data/feature_table.h"
#include "host/data/snapshot_spec.h"

namespace tidewright {

// One customer's events [begin, end) of the log; those after the cutoff are not read.
struct CustomerEvents {
  const EventLog& log;
  int64_t begin = 0;
  int64_t end = 0;
  int64_t cutoff = 0;
};

// What became of a customer's last visits, up to three: "2 of the last 3 visits had items with a
// later cancel". Empty where no event was negative on an item that one of them held.
std::string LastVisitsText(const CustomerEvents& events, const SnapshotSpec& spec);

// A customer's row of DescribeCustomers in words: "14 visits, usually every 21 days, the last one
// 58 days ago; 12 % of the events of the last 90 days were negative; a customer for 240 days", with
// `last_visits` behind the visits. What its columns do not say is left out; empty where they say
// nothing.
std::string JourneyText(const FeatureTable& table, int64_t row,
                        const std::string& last_visits = "");

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_JOURNEY_H_
