#include <cstdint>
#include <utility>

#include "host/export/onnx_classifier.h"

namespace tidewright {
namespace {

// What a column adds to the log-odds: of a number weight * (x - center), or `missing`; of a
// category the table's entry for its code, the last one where it is missing. `rest` is for every
// row.
struct ColumnPart {
  double center = 0;
  double weight = 0;
  double missing = 0;
  std::vector<double> table;
};

struct LinearParts {
  double rest = 0;
  std::vector<ColumnPart> columns;
};

// Indicators are 1 or 0, centred: where they are 0 they add -center * scale * coefficient, which
// goes into `rest`.
LinearParts PartsOfModel(const LinearModel& model, const FeatureSpec& features) {
  LinearParts parts;
  parts.rest = model.intercept;
  parts.columns.resize(features.columns.size());
  for (size_t column = 0; column < features.columns.size(); ++column) {
    if (features.columns[column].kind != FeatureKind::kCategory) continue;
    parts.columns[column].table.assign(features.columns[column].categories.size() + 1, 0.0);
  }
  for (int64_t term = 0; term < model.terms(); ++term) {
    ColumnPart& part = parts.columns[model.feature[term]];
    const double weight = model.coefficient[term] * model.scale[term];
    const int32_t category = model.category[term];
    if (category == kTermNumber && part.table.empty()) {
      part.center = model.center[term];
      part.weight = weight;
      continue;
    }
    parts.rest -= weight * model.center[term];
    if (part.table.empty()) {
      part.missing += weight;
    } else if (category == kTermMissing) {
      part.table.back() += weight;
    } else {
      part.table[category] += weight;
    }
  }
  return parts;
}

// The numbers side by side: [batch, n] x [n, 1].
std::string AddNumbers(const std::vector<std::string>& names,
                       const std::vector<const ColumnPart*>& parts, OnnxGraph& graph) {
  std::vector<double> centers;
  std::vector<double> weights;
  std::vector<double> missing;
  for (const ColumnPart* part : parts) {
    centers.push_back(part->center);
    weights.push_back(part->weight);
    missing.push_back(part->missing);
  }
  const auto count = static_cast<int64_t>(parts.size());
  const std::string x = graph.Node("Concat", names, {{"axis", int64_t{1}}});
  const std::string is_missing = graph.Node("IsNaN", {x});
  const std::string centered =
      graph.Node("Sub", {graph.Cast(x, OnnxType::kDouble), graph.Doubles(centers, {count})});
  const std::string known = graph.Node("Where", {is_missing, graph.Doubles({0.0}, {}), centered});
  const std::string sum = graph.Node("MatMul", {known, graph.Doubles(weights, {count, 1})});
  const std::string of_missing = graph.Node(
      "MatMul", {graph.Cast(is_missing, OnnxType::kDouble), graph.Doubles(missing, {count, 1})});
  return graph.Node("Add", {sum, of_missing});
}

std::string AddCategory(const std::string& name, const FeatureDescription& about,
                        const ColumnPart& part, OnnxGraph& graph) {
  std::vector<std::string> keys;
  std::vector<int64_t> codes;
  for (size_t code = 0; code < about.categories.size(); ++code) {
    keys.push_back(OnnxText(about.categories[code]));
    codes.push_back(static_cast<int64_t>(code));
  }
  const auto unknown = static_cast<int64_t>(about.categories.size());
  if (keys.empty()) {
    keys.emplace_back();
    codes.push_back(unknown);
  }
  const std::string code = graph.NewName();
  graph.NodeWithOutputs(
      "LabelEncoder", {name}, {code},
      {{"keys_strings", keys}, {"values_int64s", codes}, {"default_int64", unknown}}, kOnnxMl);
  return graph.Node("Gather", {graph.Doubles(part.table, {unknown + 1}), code});
}

}  // namespace

std::string AddLinearMargin(const LinearModel& model, const FeatureSpec& features,
                            OnnxGraph& graph) {
  const LinearParts parts = PartsOfModel(model, features);
  const std::vector<std::string> names = OnnxInputNames(features);
  std::vector<std::string> number_names;
  std::vector<const ColumnPart*> number_parts;
  std::vector<std::string> sums;
  for (size_t column = 0; column < names.size(); ++column) {
    if (features.columns[column].kind == FeatureKind::kCategory) {
      sums.push_back(
          AddCategory(names[column], features.columns[column], parts.columns[column], graph));
    } else {
      number_names.push_back(names[column]);
      number_parts.push_back(&parts.columns[column]);
    }
  }
  if (!number_names.empty()) sums.push_back(AddNumbers(number_names, number_parts, graph));
  std::string margin = graph.Doubles({parts.rest}, {1, 1});
  for (const std::string& sum : sums) margin = graph.Node("Add", {margin, sum});
  return margin;
}

}  // namespace tidewright
