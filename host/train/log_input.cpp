#include "host/train/log_input.h"

#include <algorithm>
#include <optional>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/hdf5/dataset_file.h"

namespace tidewright {

int64_t CutoffTime(const std::string& option, const std::string& text) {
  const std::optional<int64_t> time = ParseIsoTime(text);
  if (!time) {
    throw UsageError("--" + option + " is '" + text + "'; expected a date, as in 2011-09-10" +
                     (option == "at" ? ", or latest" : ""));
  }
  return *time;
}

int64_t CutoffOrLatest(const std::string& option, const std::string& text, const Dataset& dataset,
                       Progress& progress) {
  const std::vector<int64_t>& times = dataset.log->timestamp;
  if (times.empty()) throw DataError(dataset.path + ": the log has no events; expected some");
  const int64_t last = *std::max_element(times.begin(), times.end());
  if (text == "latest") return last;
  const int64_t cutoff = CutoffTime(option, text);
  if (cutoff > last) {
    progress.Warn(dataset.path + " ends at " + FormatTime(last) + ", before " + FormatTime(cutoff) +
                  ": what customers did since is taken for silence");
  }
  return cutoff;
}

int64_t SpanOf(const std::string& option, const std::string& text, bool may_be_zero) {
  const std::optional<int64_t> span = ParseDuration(text);
  if (!span || (*span == 0 && !may_be_zero)) {
    throw UsageError("--" + option + " is '" + text +
                     "'; expected a whole number with a unit, as in 90d, 2w or 12h");
  }
  return *span;
}

Dataset ReadTimedLog(const std::string& path, bool extra_event_columns) {
  Dataset dataset = ReadDataset(path, {.extra_event_columns = extra_event_columns});
  if (!dataset.log) {
    throw UsageError(path + " is a matrix; expected an event log, or a feature table");
  }
  if (!dataset.log->has_timestamps()) {
    throw DataError({path, "/events/timestamp", {}}, "there are no times",
                    "them, as a cutoff needs them");
  }
  return dataset;
}

}  // namespace tidewright
