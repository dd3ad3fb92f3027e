#ifndef TIDEWRIGHT_HOST_DATA_TABLE_SUMMARY_H_
#define TIDEWRIGHT_HOST_DATA_TABLE_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/data/feature_table.h"

namespace tidewright {

struct ColumnSummary {
  std::string name;
  FeatureKind kind = FeatureKind::kNumber;
  int64_t missing = 0;
  // Over the values that are there; 0 where none is. Of a boolean the mean is the share of ones; of
  // a category these are left 0.
  double min = 0;
  double max = 0;
  double mean = 0;
  int64_t categories = 0;         // that the column lists
  std::string frequent_category;  // the most frequent, the first of equals
  double frequent_share = 0;      // of the values that are there
};

struct TableSummary {
  std::string path;
  int64_t rows = 0;
  std::vector<ColumnSummary> columns;
  std::string label_name;  // empty: no label
  int64_t label_ones = 0;
  std::optional<double> weight_sum;
  std::optional<int64_t> groups;
  bool has_ids = false;
  std::string fingerprint;
};

// In parallel; the same whatever the number of threads.
TableSummary Summarize(const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_TABLE_SUMMARY_H_
