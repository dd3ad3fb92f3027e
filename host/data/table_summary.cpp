#include "host/data/table_summary.h"

#include <algorithm>
#include <cmath>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

ColumnSummary SummarizeColumn(const FeatureColumn& column) {
  const FeatureDescription& description = column.description;
  ColumnSummary summary;
  summary.name = description.name;
  summary.kind = description.kind;
  summary.categories = static_cast<int64_t>(description.categories.size());
  std::vector<int64_t> counts(description.categories.size(), 0);
  double sum = 0;
  int64_t present = 0;
  float min = 0;
  float max = 0;
  for (const float value : column.values) {
    if (std::isnan(value)) continue;
    if (description.kind == FeatureKind::kCategory) {
      ++counts[static_cast<size_t>(value)];
    } else {
      min = present == 0 ? value : std::min(min, value);
      max = present == 0 ? value : std::max(max, value);
      sum += static_cast<double>(value);
    }
    ++present;
  }
  summary.missing = static_cast<int64_t>(column.values.size()) - present;
  if (present == 0) return summary;
  summary.min = static_cast<double>(min);
  summary.max = static_cast<double>(max);
  summary.mean = sum / static_cast<double>(present);
  if (description.kind == FeatureKind::kCategory) {
    const auto most = std::max_element(counts.begin(), counts.end());
    summary.frequent_category = description.categories[most - counts.begin()];
    summary.frequent_share = static_cast<double>(*most) / static_cast<double>(present);
  }
  return summary;
}

}  // namespace

TableSummary Summarize(const FeatureTable& table) {
  TableSummary summary;
  summary.path = table.path;
  summary.rows = table.rows;
  summary.columns.resize(table.columns.size());
  ParallelBlocks(static_cast<int64_t>(table.columns.size()), [&](int64_t column, int) {
    summary.columns[column] = SummarizeColumn(table.columns[column]);
  });
  summary.label_name = table.label_name;
  summary.label_ones = std::count(table.label.begin(), table.label.end(), 1.0f);
  if (!table.weight.empty()) {
    summary.weight_sum = 0;
    for (const float weight : table.weight) *summary.weight_sum += static_cast<double>(weight);
  }
  if (!table.group.empty()) {
    std::vector<int32_t> groups = table.group;
    std::sort(groups.begin(), groups.end());
    summary.groups = std::unique(groups.begin(), groups.end()) - groups.begin();
  }
  summary.has_ids = table.ids.size() > 0;
  summary.fingerprint = table.fingerprint;
  return summary;
}

}  // namespace tidewright
