#ifndef TIDEWRIGHT_HOST_METRICS_RETENTION_H_
#define TIDEWRIGHT_HOST_METRICS_RETENTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/event_log.h"

namespace tidewright {

// The customers whose first positive event fell in one month (UTC), and how many of them had one in
// each month from then on.
struct Cohort {
  std::string month;            // "2010-12"
  std::vector<int64_t> active;  // [k]: k months later; [0] is all of them
};

// A row a month, from the log's first positive event to its last; the k-th row from the end has k
// entries. The last month ends with the log, maybe early: see CutShortAt. An event is positive
// where the weight of its signal is above 0 and its value not below, or both are below. Throws
// DataError where the log has no times or no positive event, or spans more than a hundred years.
std::vector<Cohort> MonthlyRetention(const EventLog& log, const std::vector<float>& signal_weights);

// The date of that last event where its month goes on after it, so that the last entry of each row
// counts a part of a month: "2011-12-09". Empty where the last month is whole.
std::string CutShortAt(const EventLog& log, const std::vector<float>& signal_weights);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_RETENTION_H_
