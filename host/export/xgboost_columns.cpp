#include "host/export/xgboost_columns.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "host/export/json_array.h"

namespace tidewright {

std::vector<std::string> XgboostNames(const FeatureSpec& features) {
  std::unordered_set<std::string> taken;
  for (const FeatureDescription& column : features.columns) taken.insert(column.name);
  std::vector<std::string> names;
  for (const FeatureDescription& column : features.columns) {
    std::string name = column.name;
    if (name.find_first_of("[]<") != std::string::npos) {
      for (char& letter : name) {
        if (letter == '[' || letter == ']' || letter == '<') letter = '_';
      }
      const std::string plain = name;
      for (int next = 2; !taken.insert(name).second; ++next) {
        name = plain + "_" + std::to_string(next);
      }
    }
    names.push_back(std::move(name));
  }
  return names;
}

const char* XgboostTypeText(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::kNumber:
      return "\"q\"";
    case FeatureKind::kBoolean:
      return "\"i\"";
    case FeatureKind::kCategory:
      break;
  }
  return "\"c\"";
}

std::string XgboostCategoriesText(const FeatureSpec& features) {
  const std::vector<std::string> names = XgboostNames(features);
  std::string json;
  for (size_t column = 0; column < names.size(); ++column) {
    if (features.columns[column].kind != FeatureKind::kCategory) continue;
    const std::vector<std::string>& texts = features.columns[column].categories;
    json += json.empty() ? "{" : ",";
    AppendArray(
        names[column], static_cast<int64_t>(texts.size()),
        [&](int64_t code) { return JsonQuoted(texts[code]); }, &json);
  }
  return json.empty() ? "{}" : json + "}";
}

std::string XgboostCatsText(const FeatureSpec& features) {
  std::string columns;
  std::vector<int64_t> segments{0};
  std::vector<int64_t> sorted;
  for (const FeatureDescription& column : features.columns) {
    const bool is_category = column.kind == FeatureKind::kCategory;
    const std::vector<std::string> texts =
        is_category ? column.categories : std::vector<std::string>{};
    std::vector<std::vector<signed char>> bytes;
    std::vector<int64_t> offsets;
    std::vector<int64_t> values;
    if (!texts.empty()) offsets.push_back(0);
    for (const std::string& text : texts) {
      bytes.emplace_back(text.begin(), text.end());
      values.insert(values.end(), bytes.back().begin(), bytes.back().end());
      offsets.push_back(static_cast<int64_t>(values.size()));
    }
    std::vector<int64_t> order(texts.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int64_t a, int64_t b) { return bytes[a] < bytes[b]; });
    sorted.insert(sorted.end(), order.begin(), order.end());
    segments.push_back(static_cast<int64_t>(sorted.size()));
    columns += columns.empty() ? "{" : ",{";
    AppendNumbers("offsets", offsets, &columns);
    columns += ',';
    AppendNumbers("values", values, &columns);
    columns += '}';
  }
  if (sorted.empty()) return "";
  std::string json = "\"cats\":{\"enc\":[" + columns + "],";
  AppendNumbers("feature_segments", segments, &json);
  json += ',';
  AppendNumbers("sorted_idx", sorted, &json);
  return json + "},";
}

}  // namespace tidewright
