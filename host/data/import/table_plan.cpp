#include "host/data/import/table_plan.h"

#include <algorithm>
#include <map>

#include "host/core/errors.h"
#include "host/data/import/column_finder.h"

namespace tidewright {
namespace {

// A column of a header without a name is called by its number.
std::vector<std::string> FeatureNames(const std::vector<std::string_view>& first_record,
                                      bool header) {
  std::vector<std::string> names = ColumnNames(first_record, header);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) names[i] = std::to_string(i + 1);
  }
  return names;
}

// Each column has one role, except that an id may be the group, too.
class Roles {
 public:
  Roles(const std::vector<std::string>& names) : names_(names), roles_(names.size()) {}

  void Take(std::optional<size_t> column, const std::string& flag) {
    if (!column) return;
    std::string& role = roles_[*column];
    if (!role.empty() && !(role == "--id" && flag == "--group")) {
      throw UsageError(flag + ": column '" + names_[*column] + "' is taken by " + role +
                       "; give it to one of them");
    }
    role = flag;
  }
  bool IsFeature(size_t column) const { return roles_[column].empty(); }
  const std::string& Of(size_t column) const { return roles_[column]; }

 private:
  const std::vector<std::string>& names_;
  std::vector<std::string> roles_;
};

void FindLabel(const TableImportOptions& options, const std::vector<std::string>& names,
               const ColumnFinder& find, TablePlan* plan) {
  if (options.label.empty()) return;
  // The last '=' that leaves the name of a column, so that names and texts may hold one.
  size_t equals = options.label.rfind('=');
  const bool whole = std::find(names.begin(), names.end(), options.label) != names.end();
  while (!whole && equals != std::string::npos && equals > 0) {
    const std::string name = options.label.substr(0, equals);
    if (std::find(names.begin(), names.end(), name) != names.end()) break;
    equals = options.label.rfind('=', equals - 1);
  }
  if (whole || equals == std::string::npos || equals == 0) {
    const size_t first = whole ? std::string::npos : options.label.find('=');
    plan->label_column = options.label.substr(0, first);
  } else {
    plan->label_column = options.label.substr(0, equals);
    plan->positive = options.label.substr(equals + 1);
  }
  plan->label = find(plan->label_column, "--label");
  plan->label_name = options.label;
}

std::optional<FeatureKind> KindOf(size_t column, const std::string& name,
                                  const std::map<size_t, FeatureKind>& kinds,
                                  const std::vector<FeatureDescription>& like) {
  const auto given = kinds.find(column);
  if (given != kinds.end()) return given->second;
  const auto same_name = std::find_if(like.begin(), like.end(),
                                      [&name](const auto& other) { return other.name == name; });
  return same_name == like.end() ? std::nullopt : std::optional(same_name->kind);
}

}  // namespace

void CheckTableOptions(const TableImportOptions& options) {
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    throw UsageError("--delimiter: a quote or a line break cannot separate fields");
  }
  if (options.label.starts_with('=') || options.label.ends_with('=')) {
    throw UsageError("--label '" + options.label + "': expected COL=TEXT, such as Churn=Yes");
  }
}

TablePlan MakeTablePlan(const TableImportOptions& options,
                        const std::vector<std::string_view>& first_record) {
  TablePlan plan;
  plan.quotes = options.quotes;
  plan.latin1 = options.latin1;
  plan.fields = first_record.size();
  const std::vector<std::string> names = FeatureNames(first_record, options.header);
  const ColumnFinder find(names, options.path, options.header);
  FindLabel(options, names, find, &plan);
  plan.id = find.Optional(options.id, "--id");
  plan.weight = find.Optional(options.weight, "--weight");
  plan.group = find.Optional(options.group, "--group");
  Roles roles(names);
  roles.Take(plan.label, "--label");
  roles.Take(plan.id, "--id");
  roles.Take(plan.weight, "--weight");
  roles.Take(plan.group, "--group");
  for (const std::string& column : options.drop) roles.Take(find(column, "--drop"), "--drop");

  std::map<size_t, FeatureKind> kinds;
  for (const auto& [column, kind] : options.kinds) {
    const size_t place = find(column, "--kind");
    if (!roles.IsFeature(place)) {
      throw UsageError("--kind: column '" + column + "' is taken by " + roles.Of(place) +
                       "; give it to one of them");
    }
    kinds[place] = kind;
  }
  std::map<std::string, size_t> places;
  for (size_t column = 0; column < names.size(); ++column) {
    if (!roles.IsFeature(column)) continue;
    const auto [found, is_new] = places.emplace(names[column], column);
    if (!is_new) {
      throw DataError(options.path + ": columns " + std::to_string(found->second + 1) + " and " +
                      std::to_string(column + 1) + " are both called '" + names[column] +
                      "'; expected a name of its own for each (rename one in the file)");
    }
    const std::optional<FeatureKind> kind = KindOf(column, names[column], kinds, options.like);
    plan.features.push_back({names[column], column, kind, kind == FeatureKind::kCategory});
  }
  if (plan.features.empty()) {
    throw UsageError(options.path +
                     " has no column left to learn from; drop fewer, or is the delimiter another "
                     "one (--delimiter)?");
  }
  return plan;
}

}  // namespace tidewright
