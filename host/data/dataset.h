#ifndef TIDEWRIGHT_HOST_DATA_DATASET_H_
#define TIDEWRIGHT_HOST_DATA_DATASET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/core/ids.h"
#include "host/data/event_log.h"
#include "host/data/interactions.h"

namespace tidewright {

enum class Layout {
  kEventLog,    // /events, /signals, /users, /items
  kAnnDataCsr,  // encoding-type csr_matrix, users x items
  kAnnDataCsc,  // encoding-type csc_matrix
};

std::string LayoutName(Layout layout);  // "event log", "AnnData CSR", "AnnData CSC"

// A column of /users or /items: as many entries as there are rows.
struct TableColumn {
  std::string name;
  std::variant<std::vector<float>, std::vector<std::string>> values;
};

// What one HDF5 file holds, decoded and checked: every index in range, every value finite, lengths
// agreeing. Exactly one of `log` and `matrix` is set; `test_*` where the file brings its own test
// part (/test).
struct Dataset {
  std::string path;
  Layout layout = Layout::kEventLog;
  IdTable users;
  IdTable items;
  std::vector<TableColumn> user_columns;
  std::vector<TableColumn> item_columns;
  std::optional<EventLog> log;
  std::optional<EventLog> test_log;
  std::optional<Csr> matrix;
  std::optional<Csr> test_matrix;
  // matrix and its test part: entries that named a (row, column) again and were summed
  int64_t duplicates_merged = 0;
  int64_t zeros_dropped = 0;  // matrix and its test part: entries whose (merged) value was 0
  // XXH3-128 over ids, signals, events or matrix, and the test part: the same data gives the same
  // text, whatever the compression. Feature columns do not take part.
  std::string fingerprint;
  int64_t stored_bytes = 0;   // of the data sets read, as they lie in the file
  int64_t decoded_bytes = 0;  // of the numeric columns and ids read, as they lie in memory
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_DATASET_H_
