#include <algorithm>
#include <array>

#include "host/data/event_log.h"
#include "host/data/hdf5/layouts.h"
#include "host/data/hdf5/numeric.h"
#include "host/data/hdf5/text.h"

namespace tidewright::hdf5 {
namespace {

constexpr int64_t kMaxSignals = 255;
constexpr std::array<const char*, 5> kKnownColumns = {"user", "item", "timestamp", "signal",
                                                      "value"};

struct TimeUnit {
  const char* name;
  int64_t numerator;  // microseconds = value * numerator / denominator
  int64_t denominator;
};
constexpr TimeUnit kTimeUnits[] = {
    {"s", 1'000'000, 1}, {"ms", 1'000, 1}, {"us", 1, 1}, {"ns", 1, 1'000}};

const TimeUnit& FindTimeUnit(const File& file, const std::string& dataset) {
  const std::optional<std::string> unit = file.TextAttribute(dataset, "unit");
  for (const TimeUnit& known : kTimeUnits) {
    if (unit == known.name) return known;
  }
  file.Fail(dataset, unit ? "attribute 'unit' is '" + *unit + "'" : "attribute 'unit' is missing",
            "s, ms, us or ns (since 1970 UTC)");
}

struct Signals {
  std::vector<std::string> names;
  std::vector<float> weights;
};

Signals ReadSignals(const File& file, Dataset* dataset) {
  Signals signals;
  if (file.HasDataset("/signals/name")) {
    const Column names = Column::Open(file, "/signals/name");
    if (names.rows() < 1 || names.rows() > kMaxSignals) {
      names.Fail("has " + std::to_string(names.rows()) + " signals", "1 to 255");
    }
    signals.names = ReadTexts(names);
    for (size_t s = 0; s < signals.names.size(); ++s) {
      const auto first = std::find(signals.names.begin(), signals.names.end(), signals.names[s]);
      if (signals.names[s].empty() || first != signals.names.begin() + static_cast<int64_t>(s)) {
        names.Fail({static_cast<int64_t>(s), "signal '" + signals.names[s] + "'",
                    "a name that no other signal has"});
      }
    }
    dataset->stored_bytes += names.stored_bytes();
  } else if (file.HasDataset("/events/signal")) {
    file.Fail("/signals/name", "is missing", "the names that /events/signal counts from 0");
  } else {
    signals.names = {"event"};
  }
  signals.weights.assign(signals.names.size(), 1.0f);
  if (file.HasDataset("/signals/weight")) {
    const Column weights = Column::Open(file, "/signals/weight");
    if (weights.rows() != static_cast<int64_t>(signals.names.size())) {
      weights.Fail("has " + std::to_string(weights.rows()) + " rows",
                   std::to_string(signals.names.size()) + ", as /signals/name");
    }
    ReadFloats(weights, false, signals.weights.data());
    dataset->stored_bytes += weights.stored_bytes();
  }
  return signals;
}

// Reads the columns of one group of events; all must have as many rows as its `user`.
class EventReader {
 public:
  EventReader(const File& file, std::string group, Dataset* dataset)
      : file_(file), group_(std::move(group)), dataset_(dataset) {}

  EventLog Read(const Signals& signals, const ReadOptions& options) {
    EventLog log;
    const Column user = Column::Open(file_, group_ + "/user");
    rows_ = user.rows();
    ReadInto(user, &log.user, [&](int32_t* out) {
      ReadIndices(user, dataset_->users.size(), RowsOf("/users/id", dataset_->users), out);
    });
    const Column item = OpenAligned("item");
    ReadInto(item, &log.item, [&](int32_t* out) {
      ReadIndices(item, dataset_->items.size(), RowsOf("/items/id", dataset_->items), out);
    });
    if (file_.HasDataset(group_ + "/timestamp")) {
      const Column time = OpenAligned("timestamp");
      const TimeUnit& unit = FindTimeUnit(file_, time.name());
      ReadInto(time, &log.timestamp,
               [&](int64_t* out) { ReadTimes(time, unit.numerator, unit.denominator, out); });
    }
    if (file_.HasDataset(group_ + "/signal")) {
      const Column signal = OpenAligned("signal");
      const int64_t names = static_cast<int64_t>(signals.names.size());
      ReadInto(signal, &log.signal, [&](uint8_t* out) {
        ReadIndices(signal, names, "the " + std::to_string(names) + " rows of /signals/name", out);
      });
    } else if (signals.names.size() == 1) {
      log.signal.assign(static_cast<size_t>(rows_), 0);
    } else {
      file_.Fail(group_ + "/signal", "is missing", "the row of /signals/name of each event");
    }
    if (file_.HasDataset(group_ + "/value")) {
      const Column value = OpenAligned("value");
      ReadInto(value, &log.value, [&](float* out) { ReadFloats(value, false, out); });
    }
    if (options.extra_event_columns) ReadExtra(&log);
    log.signal_names = signals.names;
    log.default_signal_weights = signals.weights;
    SortEvents(&log);
    return log;
  }

 private:
  static std::string RowsOf(const char* ids, const IdTable& table) {
    return "the " + std::to_string(table.size()) + " rows of " + ids;
  }

  Column OpenAligned(const std::string& name) {
    Column column = Column::Open(file_, group_ + "/" + name);
    if (column.rows() != rows_) {
      column.Fail("has " + std::to_string(column.rows()) + " rows",
                  std::to_string(rows_) + ", as " + group_ + "/user");
    }
    return column;
  }

  template <class T, class Reader>
  void ReadInto(const Column& column, std::vector<T>* values, const Reader& reader) {
    values->resize(static_cast<size_t>(rows_));
    reader(values->data());
    dataset_->stored_bytes += column.stored_bytes();
    dataset_->decoded_bytes += rows_ * static_cast<int64_t>(sizeof(T));
  }

  void ReadExtra(EventLog* log) {
    for (const std::string& name : file_.List(group_)) {
      if (std::find(kKnownColumns.begin(), kKnownColumns.end(), name) != kKnownColumns.end()) {
        continue;
      }
      const Column column = OpenAligned(name);
      log->extra.push_back({name, {}});
      ReadInto(column, &log->extra.back().values,
               [&](float* out) { ReadFloats(column, true, out); });
    }
  }

  const File& file_;
  std::string group_;
  Dataset* dataset_;
  int64_t rows_ = 0;
};

}  // namespace

bool IsEventLog(const File& file) { return file.HasGroup("/events"); }

void ReadEventLogLayout(const File& file, const ReadOptions& options, Dataset* dataset) {
  dataset->layout = Layout::kEventLog;
  const Column users = Column::Open(file, "/users/id");
  const Column items = Column::Open(file, "/items/id");
  dataset->users = ReadIds(users);
  dataset->items = ReadIds(items);
  dataset->stored_bytes += users.stored_bytes() + items.stored_bytes();
  const Signals signals = ReadSignals(file, dataset);
  dataset->log = EventReader(file, "/events", dataset).Read(signals, options);
  if (dataset->log->size() == 0) file.Fail("/events/user", "is empty", "at least one event");
  if (file.HasGroup("/test")) {
    dataset->test_log = EventReader(file, "/test", dataset).Read(signals, options);
    if (dataset->test_log->size() > 0 &&
        dataset->test_log->has_timestamps() != dataset->log->has_timestamps()) {
      file.Fail("/test/timestamp", "is there in only one of /events and /test", "both or neither");
    }
  }
  dataset->user_columns = ReadTable(file, "/users", "id", dataset->users.size());
  dataset->item_columns = ReadTable(file, "/items", "id", dataset->items.size());
}

}  // namespace tidewright::hdf5
