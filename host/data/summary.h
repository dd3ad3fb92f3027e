#ifndef TIDEWRIGHT_HOST_DATA_SUMMARY_H_
#define TIDEWRIGHT_HOST_DATA_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/data/dataset.h"

namespace tidewright {

// How many entries the rows of a table have; rows without any count as 0.
struct LengthSummary {
  int64_t rows = 0;
  int64_t empty_rows = 0;
  int64_t min = 0;
  double median = 0;
  double mean = 0;
  double p95 = 0;  // by linear interpolation, as numpy.percentile
  int64_t max = 0;
};

struct SignalSummary {
  std::string name;
  int64_t events = 0;
  float default_weight = 1;
};

// What `tidewright inspect` shows of a data file. The numbers are of the main part; the file's own
// /test is only counted.
struct DatasetSummary {
  std::string path;
  std::string layout;  // LayoutName
  int64_t users = 0;
  int64_t items = 0;
  int64_t entries = 0;     // events of a log, non-zeros of a matrix
  int64_t pairs = 0;       // distinct (user, item)
  double density = 0;      // pairs / (users * items)
  int64_t duplicates = 0;  // log: events beyond the first of a pair; matrix: entries merged by sum
  int64_t zeros_dropped = 0;           // matrix: entries whose value was 0
  std::vector<SignalSummary> signals;  // log only
  std::optional<int64_t> first_time;   // microseconds; a log with timestamps
  std::optional<int64_t> last_time;
  float min_value = 0;
  float max_value = 0;
  double mean_value = 0;
  LengthSummary by_user;
  LengthSummary by_item;
  std::optional<int64_t> test_entries;  // of the file's own /test
  std::vector<std::string> user_columns;
  std::vector<std::string> item_columns;
  std::string fingerprint;
  int64_t stored_bytes = 0;
  int64_t decoded_bytes = 0;
};

DatasetSummary Summarize(const Dataset& dataset);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_SUMMARY_H_
