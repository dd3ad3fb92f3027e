#ifndef TIDEWRIGHT_TESTS_HOST_FEATURES_HAND_LOG_H_
#define TIDEWRIGHT_TESTS_HOST_FEATURES_HAND_LOG_H_

#include <cmath>
#include <string>
#include <vector>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/features/snapshot.h"

namespace tidewright {

struct HandEvent {
  int32_t user = 0;
  int32_t item = 0;
  int64_t time = 0;
  uint8_t signal = 0;  // 0: buy, 1: cancel
  float value = 1;
  float price = 1;
};

// A log as one writes it by hand: signals buy (+1) and cancel (-1), and a price.
struct HandLog {
  explicit HandLog(const std::vector<HandEvent>& events, int users = 3) {
    log.signal_names = {"buy", "cancel"};
    log.default_signal_weights = {1, -1};
    log.extra = {{"price", {}}};
    for (const HandEvent& event : events) {
      log.user.push_back(event.user);
      log.item.push_back(event.item);
      log.timestamp.push_back(event.time);
      log.signal.push_back(event.signal);
      log.value.push_back(event.value);
      log.extra[0].values.push_back(event.price);
    }
    SortEvents(&log);
    for (int user = 0; user < users; ++user) ids.Add(std::string("u").append(std::to_string(user)));
    spec.signals = {{"buy", 1}, {"cancel", -1}};
    spec.event_columns = {"price"};
    spec.groups = FeatureGroups();
  }

  Customers customers() const { return {ids, columns}; }
  FeatureTable Snapshot(int64_t cutoff, bool labelled) const {
    return TakeSnapshot(log, customers(), spec, cutoff, labelled);
  }

  EventLog log;
  IdTable ids;
  std::vector<TableColumn> columns;
  SnapshotSpec spec;
};

inline constexpr int64_t Days(double days) {
  return static_cast<int64_t>(days * static_cast<double>(kMicrosPerDay));
}

// The column `name`; a test fails by the exception where there is none.
inline const std::vector<float>& ValuesOf(const FeatureTable& table, const std::string& name) {
  for (const FeatureColumn& column : table.columns) {
    if (column.description.name == name) return column.values;
  }
  throw DataError("the table has no column " + name);
}

inline std::vector<std::string> IdsOf(const FeatureTable& table) {
  std::vector<std::string> ids;
  for (int64_t row = 0; row < table.rows; ++row) ids.emplace_back(table.ids[row]);
  return ids;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_HOST_FEATURES_HAND_LOG_H_
