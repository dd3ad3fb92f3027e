#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_CSV_IMPORT_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_CSV_IMPORT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/core/progress.h"
#include "host/data/dataset.h"
#include "host/data/import/import_summary.h"

namespace tidewright {

// A column of the file and what it is called in the log.
struct ColumnChoice {
  std::string column;
  std::string name;
};

// How a delimited text file becomes an event log. Columns are named as in the header; without one
// they are "1", "2", ….
struct CsvImportOptions {
  std::string path;
  std::string user;
  std::string item;
  std::string timestamp;  // empty: the log has no times
  std::string signal;     // a column of signal names; empty: the rules decide
  // Signal name and condition; the first that holds wins.
  std::vector<std::pair<std::string, std::string>> signal_rules;
  // Of events that no rule or no text names a signal for; empty: they are dropped where there is a
  // signal column or a rule, and called "event" where there is neither.
  std::string default_signal;
  std::string value;  // empty: every value is 1
  bool value_abs = false;
  std::vector<ColumnChoice> keep;          // numbers beside the value
  std::vector<ColumnChoice> item_columns;  // texts of items: the one seen most often, on kept lines
  std::vector<ColumnChoice> user_columns;
  std::vector<std::pair<std::string, float>> signal_weights;
  std::vector<std::string> drop_rules;
  int64_t min_user_items = 0;    // users with fewer distinct items on kept lines are dropped
  std::string timestamp_format;  // as TimeParser::FromFormat takes it; empty: told from the file
  char delimiter = 0;            // 0: told from the first line
  bool quotes = true;
  bool header = true;
  bool latin1 = false;  // else UTF-8
  bool skip_bad_lines = false;
  size_t block_bytes = size_t{4} << 20;  // parsed at a time by one thread; no effect on the result
};

// Reads the file into an event log: sorted by (user, time), equal ones in the order of the file;
// ids in the order of their first kept line. A line is checked in this order and dropped, counted,
// at the first that fails: number of fields, user, item, drop rules, signal; times and numbers are
// read after that. min_user_items comes last; the lines it drops have taken part in the order of
// ids and in the choice of texts. Throws UsageError (no such column, with the nearest; rules),
// DataError (a malformed line, by its number, unless skip_bad_lines; nothing kept), IoError. Uses
// NumThreads() threads; the result does not depend on them.
Dataset ReadCsvLog(const CsvImportOptions& options, ImportSummary* summary, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_CSV_IMPORT_H_
