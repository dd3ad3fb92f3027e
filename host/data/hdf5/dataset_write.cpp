#include <algorithm>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/hdf5/dataset_file.h"
#include "host/data/hdf5/writer.h"

namespace tidewright {
namespace {

void CheckColumnName(const std::string& name, const std::vector<std::string>& taken) {
  if (name.empty() || name == "." || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos) {
    throw UsageError("column name '" + name + "' cannot stand in HDF5; give it one without '/'");
  }
  if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
    throw UsageError("column name '" + name + "' is taken; give it another one");
  }
}

void WriteTable(const std::string& group, const IdTable& ids,
                const std::vector<TableColumn>& columns, hdf5::Writer* writer) {
  writer->Group(group);
  writer->Texts(group + "/id", ids.size(), [&](int64_t row) { return ids[row]; });
  std::vector<std::string> taken{"id"};
  for (const TableColumn& column : columns) {
    CheckColumnName(column.name, taken);
    taken.push_back(column.name);
    const std::string dataset = group + "/" + column.name;
    if (const auto* numbers = std::get_if<std::vector<float>>(&column.values)) {
      writer->Column(dataset, *numbers);
    } else {
      const auto& texts = std::get<std::vector<std::string>>(column.values);
      writer->Texts(dataset, static_cast<int64_t>(texts.size()),
                    [&](int64_t row) { return std::string_view(texts[row]); });
    }
  }
}

void WriteTimes(const std::string& dataset, const std::vector<int64_t>& micros,
                hdf5::Writer* writer) {
  const bool whole_seconds = std::all_of(micros.begin(), micros.end(),
                                         [](int64_t time) { return time % kMicrosPerSecond == 0; });
  if (whole_seconds) {
    std::vector<int64_t> seconds(micros);
    for (int64_t& time : seconds) time /= kMicrosPerSecond;
    writer->Column(dataset, seconds);
  } else {
    writer->Column(dataset, micros);
  }
  writer->TextAttribute(dataset, "unit", whole_seconds ? "s" : "us");
}

void WriteEvents(const std::string& group, const EventLog& log, hdf5::Writer* writer) {
  writer->Group(group);
  writer->Column(group + "/user", log.user);
  writer->Column(group + "/item", log.item);
  if (log.has_timestamps()) WriteTimes(group + "/timestamp", log.timestamp, writer);
  writer->Column(group + "/signal", log.signal);
  if (!log.value.empty()) writer->Column(group + "/value", log.value);
  std::vector<std::string> taken{"user", "item", "timestamp", "signal", "value"};
  for (const EventColumn& column : log.extra) {
    CheckColumnName(column.name, taken);
    taken.push_back(column.name);
    writer->Column(group + "/" + column.name, column.values);
  }
}

void WriteCsr(const std::string& group, const Csr& matrix, hdf5::Writer* writer) {
  writer->Group(group);
  writer->TextAttribute(group, "encoding-type", "csr_matrix");
  writer->TextAttribute(group, "encoding-version", "0.1.0");
  writer->IntAttribute(group, "shape", {matrix.rows, matrix.cols});
  writer->Column(group + "/data", matrix.values);
  writer->Column(group + "/indices", matrix.ids);
  writer->Column(group + "/indptr", matrix.offsets);
}

void WriteFormat(const std::string& format, hdf5::Writer* writer) {
  writer->TextAttribute("/", "tidewright-format", format);
  writer->TextAttribute("/", "tidewright-format-version", "1");
}

}  // namespace

void WriteEventLog(const std::string& path, const Dataset& dataset, bool overwrite) {
  hdf5::Writer writer(path, overwrite);
  WriteFormat("event-log", &writer);
  WriteEvents("/events", *dataset.log, &writer);
  if (dataset.test_log) WriteEvents("/test", *dataset.test_log, &writer);
  const EventLog& log = *dataset.log;
  writer.Group("/signals");
  writer.Texts("/signals/name", static_cast<int64_t>(log.signal_names.size()),
               [&](int64_t row) { return std::string_view(log.signal_names[row]); });
  if (!log.default_signal_weights.empty()) {
    writer.Column("/signals/weight", log.default_signal_weights);
  }
  WriteTable("/users", dataset.users, dataset.user_columns, &writer);
  WriteTable("/items", dataset.items, dataset.item_columns, &writer);
  writer.Commit();
}

void WriteMatrix(const std::string& path, const Dataset& dataset, bool overwrite) {
  hdf5::Writer writer(path, overwrite);
  WriteFormat("matrix", &writer);
  WriteCsr("/X", *dataset.matrix, &writer);
  if (dataset.test_matrix) WriteCsr("/test", *dataset.test_matrix, &writer);
  WriteTable("/users", dataset.users, dataset.user_columns, &writer);
  WriteTable("/items", dataset.items, dataset.item_columns, &writer);
  writer.Commit();
}

}  // namespace tidewright
