#include "host/data/feature_table.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "host/core/errors.h"
#include "host/core/hash.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

// Every array goes in with its length, so that no two run together into the same bytes.
class TableHash {
 public:
  template <class T>
  void Add(const std::vector<T>& values) {
    const uint64_t count = values.size();
    hasher_.Update(&count, sizeof(count));
    hasher_.Update(values.data(), values.size() * sizeof(T));
  }
  void Add(std::string_view text) {
    const uint64_t count = text.size();
    hasher_.Update(&count, sizeof(count));
    hasher_.Update(text.data(), text.size());
  }
  std::string Hex() const { return hasher_.Hex(); }

 private:
  Hasher hasher_;
};

[[noreturn]] void FailColumn(const FeatureTable& table, const std::string& column,
                             const std::string& what, const std::string& expected) {
  throw DataError({table.path, "/columns/" + column, std::nullopt}, what, expected);
}

// For each category of `from` its code in `to`, or kMissing.
std::vector<float> CodeMap(const std::vector<std::string>& from,
                           const std::vector<std::string>& to) {
  std::unordered_map<std::string_view, float> codes;
  for (size_t code = 0; code < to.size(); ++code) codes.emplace(to[code], static_cast<float>(code));
  std::vector<float> map;
  map.reserve(from.size());
  for (const std::string& category : from) {
    const auto found = codes.find(category);
    map.push_back(found == codes.end() ? kMissing : found->second);
  }
  return map;
}

// Gives the column the codes of `categories`; returns how many values have none there.
int64_t RecodeCategories(const std::vector<std::string>& categories, FeatureColumn* column) {
  if (column->description.categories == categories) return 0;
  const std::vector<float> map = CodeMap(column->description.categories, categories);
  int64_t unknown = 0;
  for (float& value : column->values) {
    if (std::isnan(value)) continue;
    value = map[static_cast<size_t>(value)];
    unknown += std::isnan(value);
  }
  column->description.categories = categories;
  return unknown;
}

}  // namespace

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

std::string FingerprintOf(const FeatureTable& table) {
  TableHash hash;
  for (const FeatureColumn& column : table.columns) {
    hash.Add(column.description.name);
    hash.Add(FeatureKindName(column.description.kind));
    for (const std::string& category : column.description.categories) hash.Add(category);
    hash.Add(column.values);
  }
  hash.Add(table.label_name);
  hash.Add(table.label);
  hash.Add(table.weight);
  hash.Add(table.group);
  hash.Add(table.ids.offsets());
  hash.Add(table.ids.bytes());
  return hash.Hex();
}

FeatureTable SelectRows(const FeatureTable& table, const std::vector<int64_t>& rows) {
  const auto select = [&rows](const auto& from, auto* to) {
    if (from.empty()) return;
    to->reserve(rows.size());
    for (const int64_t row : rows) to->push_back(from[row]);
  };
  FeatureTable result;
  result.rows = static_cast<int64_t>(rows.size());
  result.columns.resize(table.columns.size());
  ParallelBlocks(static_cast<int64_t>(table.columns.size()), [&](int64_t column, int) {
    result.columns[column].description = table.columns[column].description;
    select(table.columns[column].values, &result.columns[column].values);
  });
  result.label_name = table.label_name;
  select(table.label, &result.label);
  select(table.weight, &result.weight);
  select(table.group, &result.group);
  if (table.ids.size() > 0) {
    result.ids.Reserve(result.rows, result.rows * 8);
    for (const int64_t row : rows) result.ids.Add(table.ids[row]);
  }
  result.fingerprint = table.fingerprint;
  result.path = table.path;
  return result;
}

FeatureTable MatchTable(const FeatureSpec& spec, FeatureTable table, MatchReport* report) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    places.emplace(table.columns[i].description.name, i);
  }
  std::vector<size_t> order;
  std::vector<bool> used(table.columns.size(), false);
  for (const FeatureDescription& wanted : spec.columns) {
    const std::string kind = FeatureKindName(wanted.kind);
    const auto found = places.find(wanted.name);
    if (found == places.end()) {
      FailColumn(table, wanted.name, "is missing",
                 "a column of kind " + kind + ", which the model reads");
    }
    const FeatureKind given = table.columns[found->second].description.kind;
    if (given != wanted.kind) {
      FailColumn(table, wanted.name, "is of kind " + FeatureKindName(given),
                 "kind " + kind +
                     ", as the model was trained on (tidewright import table has --like and "
                     "--kind COL=KIND, a file the attribute kind)");
    }
    order.push_back(found->second);
    used[found->second] = true;
  }
  MatchReport result;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (!used[i]) result.columns_ignored.push_back(table.columns[i].description.name);
  }
  std::vector<FeatureColumn> columns(order.size());
  std::vector<int64_t> unknown(order.size(), 0);
  ParallelBlocks(static_cast<int64_t>(order.size()), [&](int64_t i, int) {
    columns[i] = std::move(table.columns[order[i]]);
    unknown[i] = RecodeCategories(spec.columns[i].categories, &columns[i]);
  });
  for (const int64_t count : unknown) result.unknown_categories += count;
  table.columns = std::move(columns);
  if (report != nullptr) *report = std::move(result);
  return table;
}

void CheckLabelled(const FeatureTable& table) {
  const auto fail = [&table](const std::string& object, const std::string& what,
                             const std::string& expected) {
    throw DataError({table.path, object, std::nullopt}, what, expected);
  };
  if (table.label.empty()) {
    fail("/label", "is missing", "0 or 1 for each row (tidewright import table has --label)");
  }
  const int64_t ones = std::count(table.label.begin(), table.label.end(), 1.0f);
  if (ones == 0 || ones == table.rows) {
    fail("/label", ones == 0 ? "is 0 in every row" : "is 1 in every row",
         "rows of both classes, 0 and 1");
  }
  if (!table.weight.empty()) {
    double weight[2] = {0, 0};
    for (int64_t row = 0; row < table.rows; ++row) {
      weight[table.label[row] == 1.0f] += static_cast<double>(table.weight[row]);
    }
    for (const int label : {0, 1}) {
      if (weight[label] > 0) continue;
      fail("/weight", "is 0 in every row with label " + std::to_string(label),
           "some weight in both classes");
    }
  }
}

void CheckTrainable(const FeatureTable& table) {
  if (table.columns.empty()) {
    throw DataError({table.path, "/columns", std::nullopt}, "holds no column", "at least one");
  }
  CheckLabelled(table);
  for (const FeatureColumn& column : table.columns) {
    const auto has_value = [](float value) { return !std::isnan(value); };
    if (std::any_of(column.values.begin(), column.values.end(), has_value)) continue;
    FailColumn(table, column.description.name, "has no value in any row",
               "at least one (leave the column out: tidewright import table has --drop)");
  }
}

}  // namespace tidewright
