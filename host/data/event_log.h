#ifndef TIDEWRIGHT_HOST_DATA_EVENT_LOG_H_
#define TIDEWRIGHT_HOST_DATA_EVENT_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tidewright {

// A number for each event beside its value ("price"): kept for features, not read by recommenders.
struct EventColumn {
  std::string name;
  std::vector<float> values;
};

// One event a row, sorted by (user, timestamp); events equal in both keep the order of the file.
// Column lengths are equal, except that timestamp and value may be empty: no times known; every
// value 1.
struct EventLog {
  std::vector<int32_t> user;       // row of the user table
  std::vector<int32_t> item;       // row of the item table
  std::vector<int64_t> timestamp;  // microseconds since 1970 UTC
  std::vector<uint8_t> signal;     // row of signal_names
  std::vector<float> value;        // how much: quantity, stars, seconds watched; finite
  std::vector<EventColumn> extra;
  std::vector<std::string> signal_names;      // at least one; at most 255
  std::vector<float> default_signal_weights;  // as the file has them (/signals/weight), else 1 each

  int64_t size() const { return static_cast<int64_t>(user.size()); }
  bool has_timestamps() const { return !timestamp.empty(); }
};

// Puts events into the order above. Users must not be negative. Does nothing to a sorted log; else
// needs an index and one column beside it.
void SortEvents(EventLog* log);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_EVENT_LOG_H_
