#include "host/model/classifier_columns.h"

#include <cstdint>

#include "host/core/errors.h"

namespace tidewright {
namespace {

// "column 'plan', a category of 3".
std::string ColumnText(const FeatureDescription& column) {
  std::string text = "column '" + column.name + "', a " + FeatureKindName(column.kind);
  if (column.kind == FeatureKind::kCategory) {
    text += " of " + std::to_string(column.categories.size());
  }
  return text;
}

void CheckNode(const TreeEnsemble& model, int64_t node, const FeatureDescription& column,
               const std::string& path) {
  const int64_t words = model.category_offsets[node + 1] - model.category_offsets[node];
  const DataLocation where{path, "category_offsets", node};
  if (column.kind != FeatureKind::kCategory) {
    if (words == 0) return;
    throw DataError(where, "the node has a set of categories for " + ColumnText(column), "none");
  }
  // A column without any category asks for no word and takes none.
  const auto most = (static_cast<int64_t>(column.categories.size()) + 31) / 32;
  if (words == 0 && most > 0) {
    throw DataError(where, "the node has no set of categories for " + ColumnText(column), "one");
  }
  if (words > most) {
    throw DataError(where,
                    "the node has " + std::to_string(words) + " words for " + ColumnText(column),
                    "at most " + std::to_string(most) + " of 32 categories");
  }
}

}  // namespace

void CheckColumns(const TreeEnsemble& model, const std::vector<FeatureDescription>& columns,
                  const std::string& path) {
  for (int64_t node = 0; node < model.nodes(); ++node) {
    if (model.feature[node] >= 0) CheckNode(model, node, columns[model.feature[node]], path);
  }
}

void CheckColumns(const LinearModel& model, const std::vector<FeatureDescription>& columns,
                  const std::string& path) {
  for (int64_t term = 0; term < model.terms(); ++term) {
    const FeatureDescription& column = columns[model.feature[term]];
    const int32_t category = model.category[term];
    if (category == kTermMissing) continue;
    const bool is_category = column.kind == FeatureKind::kCategory;
    const auto categories = static_cast<int64_t>(column.categories.size());
    if (is_category ? category >= 0 && category < categories : category == kTermNumber) continue;
    throw DataError({path, "category", term},
                    "it is " + std::to_string(category) + " for " + ColumnText(column),
                    std::to_string(kTermMissing) + " (a missing value) or " +
                        (is_category ? "a category's code"
                                     : std::to_string(kTermNumber) + " (the value itself)"));
  }
}

void CheckColumns(const HazardModel& model, const std::vector<FeatureDescription>& columns,
                  const std::string& path) {
  std::vector<FeatureDescription> with_period = columns;
  with_period.push_back({"the period", FeatureKind::kNumber, {}});
  CheckColumns(model.trees, with_period, path);
}

}  // namespace tidewright
