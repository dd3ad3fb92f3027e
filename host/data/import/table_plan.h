#ifndef TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_PLAN_H_
#define TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_PLAN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/data/import/table_import.h"

namespace tidewright {

// The options of a table's import with every column looked up.
struct TablePlan {
  struct Feature {
    std::string name;
    size_t column = 0;
    std::optional<FeatureKind> kind;  // where it was given
    bool as_text = false;             // some of its fields are known to be no numbers
  };

  char delimiter = ',';
  bool quotes = true;
  bool latin1 = false;
  size_t fields = 0;  // of a record
  std::vector<Feature> features;
  std::optional<size_t> label;
  std::string label_column;
  std::optional<std::string> positive;  // the label's text that is 1; else 0 and 1 are told apart
  std::string label_name;               // of the table
  std::optional<size_t> id;
  std::optional<size_t> weight;
  std::optional<size_t> group;
};

// What can be checked without the file. Throws UsageError.
void CheckTableOptions(const TableImportOptions& options);

// Throws UsageError for a column that is not there or has two roles, DataError for two features of
// one name.
TablePlan MakeTablePlan(const TableImportOptions& options,
                        const std::vector<std::string_view>& first_record);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_IMPORT_TABLE_PLAN_H_
