#ifndef TIDEWRIGHT_HOST_DATA_AGGREGATE_H_
#define TIDEWRIGHT_HOST_DATA_AGGREGATE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/data/event_log.h"
#include "host/data/interactions.h"

namespace tidewright {

// How much each signal counts, and in which direction: "purchase=1", "view=0.1", "cancel=-1". 0
// leaves it out.
struct SignalWeight {
  std::string name;
  float weight = 1;
};

// How the contributions (signal weight x value) of one user's events on one item become one number.
enum class Aggregation {
  kSum,    // net evidence: the default
  kMax,    // the contribution of largest magnitude, the latest of equals
  kLast,   // the latest contribution
  kCount,  // the sum of the signal weights alone, whatever the values
};
// "sum", "max", "last", "count"; throws UsageError.
Aggregation ParseAggregation(const std::string& name);
std::string AggregationName(Aggregation aggregation);

// One weight a signal of the log: the file's own where `weights` does not name it. Throws
// UsageError, with the nearest name, where the log has no such signal.
std::vector<float> ResolveSignalWeights(const EventLog& log,
                                        const std::vector<SignalWeight>& weights);

struct AggregateReport {
  int64_t events = 0;          // read; of a matrix: its entries
  int64_t events_ignored = 0;  // of a signal with weight 0
  int64_t net_zero = 0;        // (user, item) pairs whose net value is 0: no evidence, dropped
};

// The first event of each user, and the log's size at the end: users + 1 offsets.
std::vector<int64_t> UserOffsets(const EventLog& log, int64_t users);

// users x items, ids rising in each row. `keep` (may be empty) chooses the events by row of the
// log, from any thread; what it leaves out is not in `report` (may be null), to which the counts
// are added. Throws DataError where a net value is beyond float.
Csr AggregateEvents(const EventLog& log, int64_t users, int64_t items,
                    const std::vector<float>& signal_weights, Aggregation aggregation,
                    const std::function<bool(int64_t event)>& keep, AggregateReport* report);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_AGGREGATE_H_
