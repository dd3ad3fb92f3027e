#include "host/data/feature_table.h"

namespace tidewright {

std::string FeatureKindName(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::kNumber:
      return "number";
    case FeatureKind::kBoolean:
      return "boolean";
    case FeatureKind::kCategory:
      return "category";
  }
  return "unknown";
}

FeatureSpec SpecOf(const FeatureTable& table) {
  FeatureSpec spec;
  for (const FeatureColumn& column : table.columns) spec.columns.push_back(column.description);
  spec.label_name = table.label_name;
  return spec;
}

}  // namespace tidewright
