#include "host/features/snapshot.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <map>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/features/customer_profile.h"

namespace tidewright {
namespace {

constexpr int64_t kLabelsABlock = 1024;

FeatureColumn UserColumn(const TableColumn& column, const std::vector<int32_t>& users) {
  FeatureColumn result;
  result.description.name = "user_" + column.name;
  if (const auto* numbers = std::get_if<std::vector<float>>(&column.values)) {
    for (const int32_t user : users) result.values.push_back((*numbers)[user]);
    return result;
  }
  const auto& texts = std::get<std::vector<std::string>>(column.values);
  result.description.kind = FeatureKind::kCategory;
  std::map<std::string, float> codes;
  for (const std::string& text : texts) {
    if (!text.empty()) codes.emplace(text, 0.0f);
  }
  for (auto& [text, code] : codes) {
    code = static_cast<float>(result.description.categories.size());
    result.description.categories.push_back(text);
  }
  for (const int32_t user : users) {
    const std::string& text = texts[user];
    result.values.push_back(text.empty() ? kMissing : codes.at(text));
  }
  return result;
}

void AddUserColumns(const Customers& customers, const SnapshotSpec& spec, FeatureTable* table) {
  for (const std::string& name : spec.user_columns) {
    const auto found = std::find_if(customers.columns.begin(), customers.columns.end(),
                                    [&](const TableColumn& one) { return one.name == name; });
    if (found == customers.columns.end()) {
      throw DataError("the log has no /users/" + name +
                      "; expected it: --user-columns of the training names it");
    }
    table->columns.push_back(UserColumn(*found, table->group));
  }
}

std::string SpanText(int64_t begin, int64_t end) {
  return "(" + FormatTime(begin) + ", " + FormatTime(end) + "]";
}

template <class T>
void KeepEvents(const std::vector<char>& keep, std::vector<T>* column) {
  if (column->empty()) return;
  size_t kept = 0;
  for (size_t event = 0; event < keep.size(); ++event) {
    if (keep[event] != 0) (*column)[kept++] = (*column)[event];
  }
  column->resize(kept);
}

}  // namespace

FeatureTable DescribeCustomers(const EventLog& log, const Customers& customers,
                               const SnapshotSpec& spec, int64_t cutoff,
                               const std::vector<Feature>& features, const FeatureTwin& twin) {
  const ProfilePlan plan = MakeProfilePlan(log, spec);
  std::vector<FeatureFormula> formulas;
  for (const Feature& feature : features) formulas.push_back(feature.formula);
  FeatureValues built = twin({log, plan, customers.ids.size(), cutoff, formulas});
  FeatureTable table;
  table.rows = static_cast<int64_t>(built.users.size());
  if (table.rows == 0) {
    throw DataError("no customer has a positive event in " +
                    SpanText(cutoff - spec.window, cutoff) +
                    ", the window before the cutoff; expected some");
  }
  table.group = std::move(built.users);
  table.ids.Reserve(table.rows, table.rows * 8);
  for (const int32_t user : table.group) table.ids.Add(customers.ids[user]);
  for (size_t f = 0; f < features.size(); ++f) {
    FeatureColumn& column = table.columns.emplace_back();
    column.description.name = features[f].name;
    column.values = std::move(built.columns[f]);
  }
  AddUserColumns(customers, spec, &table);
  return table;
}

EventLog TruncateLog(const EventLog& log, int64_t cutoff) {
  std::vector<char> keep(static_cast<size_t>(log.size()));
  for (int64_t event = 0; event < log.size(); ++event) keep[event] = log.timestamp[event] <= cutoff;
  EventLog truncated = log;
  KeepEvents(keep, &truncated.user);
  KeepEvents(keep, &truncated.item);
  KeepEvents(keep, &truncated.timestamp);
  KeepEvents(keep, &truncated.signal);
  KeepEvents(keep, &truncated.value);
  for (EventColumn& column : truncated.extra) KeepEvents(keep, &column.values);
  return truncated;
}

void RefuseLeak(const FeatureTable& table, const EventLog& log, const Customers& customers,
                const SnapshotSpec& spec, int64_t cutoff, const std::vector<Feature>& features,
                const FeatureTwin& twin) {
  const FeatureTable again =
      DescribeCustomers(TruncateLog(log, cutoff), customers, spec, cutoff, features, twin);
  const auto refuse = [&](const std::string& what) {
    throw DataError("the table of " + FormatTime(cutoff) + " reads beyond its cutoff: " + what +
                    " without the later events; expected the same to the bit");
  };
  if (again.rows != table.rows || again.group != table.group) refuse("it has other customers");
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const std::vector<float>& one = table.columns[c].values;
    const std::vector<float>& other = again.columns[c].values;
    for (int64_t row = 0; row < table.rows; ++row) {
      if (std::memcmp(&one[row], &other[row], sizeof(float)) == 0) continue;
      refuse(table.columns[c].description.name + " of customer " + std::string(table.ids[row]) +
             " is " + std::to_string(one[row]) + ", and " + std::to_string(other[row]));
    }
  }
}

void LabelCustomers(const EventLog& log, const SnapshotSpec& spec, int64_t cutoff,
                    FeatureTable* table) {
  const ProfilePlan plan = MakeProfilePlan(log, spec);
  const int64_t begin = cutoff + spec.gap;
  const int64_t end = begin + spec.horizon;
  const int64_t last = *std::max_element(log.timestamp.begin(), log.timestamp.end());
  if (last < end) {
    throw DataError(
        "the log ends at " + FormatTime(last) + ", before the horizon " + SpanText(begin, end) +
        " of the cutoff " + FormatTime(cutoff) +
        ": who left is not known yet; expected an earlier date (--at, or --cutoff where it trains) "
        "or, to train, a shorter --horizon");
  }
  const int64_t users = *std::max_element(table->group.begin(), table->group.end()) + 1;
  const std::vector<int64_t> offsets =
      UserOffsets(log, std::max<int64_t>(users, log.user.back() + 1));
  const PlannedLog planned(log, plan);
  table->label.resize(static_cast<size_t>(table->rows));
  ParallelRanges(table->rows, kLabelsABlock, [&](int64_t first_row, int64_t end_row, int) {
    for (int64_t row = first_row; row < end_row; ++row) {
      const int32_t user = table->group[row];
      int64_t event = FirstAfter(planned.log(), offsets[user], offsets[user + 1], begin);
      const int64_t stop = FirstAfter(planned.log(), event, offsets[user + 1], end);
      while (event < stop && !planned.Positive(event)) ++event;
      table->label[row] = event < stop ? 0.0f : 1.0f;
    }
  });
  table->label_name = "churn in " + FormatDuration(spec.horizon);
}

FeatureTable TakeSnapshot(const EventLog& log, const Customers& customers, const SnapshotSpec& spec,
                          int64_t cutoff, bool labelled, const FeatureTwin& twin) {
  const std::vector<Feature> features = ListFeatures(spec);
  FeatureTable table = DescribeCustomers(log, customers, spec, cutoff, features, twin);
  RefuseLeak(table, log, customers, spec, cutoff, features, twin);
  if (labelled) LabelCustomers(log, spec, cutoff, &table);
  return table;
}

FeatureTable StackTables(std::vector<FeatureTable> tables) {
  FeatureTable all = std::move(tables.at(0));
  for (size_t t = 1; t < tables.size(); ++t) {
    const FeatureTable& next = tables[t];
    all.rows += next.rows;
    for (size_t c = 0; c < all.columns.size(); ++c) {
      std::vector<float>& values = all.columns[c].values;
      values.insert(values.end(), next.columns[c].values.begin(), next.columns[c].values.end());
    }
    all.label.insert(all.label.end(), next.label.begin(), next.label.end());
    all.group.insert(all.group.end(), next.group.begin(), next.group.end());
    for (int64_t row = 0; row < next.rows; ++row) all.ids.Add(next.ids[row]);
  }
  return all;
}

void DropEmptyColumns(FeatureTable* table) {
  std::erase_if(table->columns, [](const FeatureColumn& column) {
    return std::all_of(column.values.begin(), column.values.end(),
                       [](float value) { return std::isnan(value); });
  });
}

}  // namespace tidewright
