#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_CSV_PLAN_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_CSV_PLAN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/import/csv_import.h"
#include "host/data/import/field_parse.h"
#include "host/data/import/field_rule.h"

namespace tidewright {

inline constexpr size_t kMaxSignals = 255;  // a byte holds its row

// The options of an import with every column looked up.
struct CsvPlan {
  struct Rule {
    FieldRule rule;
    size_t column = 0;
    uint8_t signal = 0;  // of signal rules: row of signal_names
  };
  struct Named {
    std::string name;
    size_t column = 0;
  };

  char delimiter = ',';
  bool quotes = true;
  bool latin1 = false;
  bool skip_bad_lines = false;
  bool value_abs = false;
  std::vector<std::string> header;
  size_t user = 0;
  size_t item = 0;
  std::optional<size_t> timestamp;
  std::optional<size_t> signal;
  std::optional<size_t> value;
  std::vector<Named> keep;
  std::vector<Named> item_columns;
  std::vector<Named> user_columns;
  std::vector<Rule> drop_rules;
  std::vector<Rule> signal_rules;
  std::vector<std::string> signal_names;  // those known before reading
  std::optional<uint8_t> default_signal;  // row of signal_names
  std::optional<TimeParser> time;  // set before blocks are parsed, where there is a timestamp
};

// What can be checked without the file. Throws UsageError.
void CheckCsvOptions(const CsvImportOptions& options);

// `first_record`: the header, or the first line where there is none (its fields are then only
// counted). Throws UsageError where a column is not there, with the nearest name.
CsvPlan MakeCsvPlan(const CsvImportOptions& options,
                    const std::vector<std::string_view>& first_record);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_CSV_PLAN_H_
