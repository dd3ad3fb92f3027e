#ifndef TIDEWRIGHT_HOST_TRAIN_LOG_INPUT_H_
#define TIDEWRIGHT_HOST_TRAIN_LOG_INPUT_H_

#include <cstdint>
#include <string>

#include "host/core/progress.h"
#include "host/data/dataset.h"

namespace tidewright {

// Options and logs of the models that look at customers as of a date.

// "2011-09-10" of the option `option`. Throws UsageError.
int64_t CutoffTime(const std::string& option, const std::string& text);

// The same, or "latest": the last event of the log, which `path` names. Warns of a date after it.
int64_t CutoffOrLatest(const std::string& option, const std::string& text, const Dataset& dataset,
                       Progress& progress);

// "90d" of the option `option`, in microseconds. Throws UsageError.
int64_t SpanOf(const std::string& option, const std::string& text, bool may_be_zero);

// An event log with times. Throws UsageError where the file is none, DataError without times.
Dataset ReadTimedLog(const std::string& path, bool extra_event_columns);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_LOG_INPUT_H_
