#ifndef TIDEWRIGHT_HOST_DATA_FEATURE_TABLE_H_
#define TIDEWRIGHT_HOST_DATA_FEATURE_TABLE_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "host/core/ids.h"

namespace tidewright {

enum class FeatureKind {
  kNumber,    // any finite number
  kBoolean,   // 0 or 1
  kCategory,  // one of a list of texts
};

std::string FeatureKindName(FeatureKind kind);  // "number", "boolean", "category"

// What a column is, without its values: what a model remembers of the table it was trained on.
struct FeatureDescription {
  std::string name;
  FeatureKind kind = FeatureKind::kNumber;
  std::vector<std::string>
      categories;  // of a category column: distinct, in the order of their codes
  bool operator==(const FeatureDescription&) const = default;
};

// Missing, in a column of any kind.
inline constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// One number a row: the number itself, 0 or 1, or a category's code; kMissing where there is none.
struct FeatureColumn {
  FeatureDescription description;
  std::vector<float> values;
};

// Rows (customers) x columns (features), by column, and what is known of each row.
struct FeatureTable {
  int64_t rows = 0;
  std::vector<FeatureColumn> columns;
  std::string label_name;      // "Churn=Yes"; empty where the table has no label
  std::vector<float> label;    // 0 or 1 a row; empty without a label
  std::vector<float> weight;   // finite, not negative; empty: every row counts 1
  std::vector<int32_t> group;  // rows of one customer share a number >= 0; empty: each row its own
  IdTable ids;                 // one a row, distinct unless there are groups; empty where none
  std::string fingerprint;     // FingerprintOf the whole table as it was read
  std::string path;            // where it was read, for messages
};

// What a model reads, in the order in which it reads it.
struct FeatureSpec {
  std::vector<FeatureDescription> columns;
  std::string label_name;
  bool operator==(const FeatureSpec&) const = default;
};

FeatureSpec SpecOf(const FeatureTable& table);

// XXH3-128 of columns, label, weight, group and ids: the same table gives the same text, whatever
// file it was in.
std::string FingerprintOf(const FeatureTable& table);

// Rows `rows` of `table`, in that order, with their label, weight, group and id. Rows may repeat.
// The fingerprint stays that of the table they come from.
FeatureTable SelectRows(const FeatureTable& table, const std::vector<int64_t>& rows);

struct MatchReport {
  std::vector<std::string> columns_ignored;  // of the table, which the model does not read
  int64_t unknown_categories = 0;            // values the model has not seen: missing from now on
};

// The columns of `spec`, found by name, in its order, with its category codes. Throws DataError
// where a column is not there or is of another kind.
FeatureTable MatchTable(const FeatureSpec& spec, FeatureTable table, MatchReport* report);

// What judging a model by a table asks of it: a label with both classes, some weight in each.
// Throws DataError naming the label or the weights.
void CheckLabelled(const FeatureTable& table);

// What training asks of a table, beyond what every table holds to: a label with both classes, at
// least one column, no column without a single value, some weight in both classes. Throws DataError
// naming the column or the label.
void CheckTrainable(const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_FEATURE_TABLE_H_
