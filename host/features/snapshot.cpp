#include "host/features/snapshot.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <map>
#include <utility>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/features/item_facts.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersABlock = 1024;
constexpr int64_t kRowsABlock = 256;

struct Range {
  int64_t begin = 0;
  int64_t end = 0;
};

// The first event of [begin, end), which is sorted by time, after `time`.
int64_t FirstAfter(const EventLog& log, int64_t begin, int64_t end, int64_t time) {
  const auto first = log.timestamp.begin();
  return std::upper_bound(first + begin, first + end, time) - first;
}

bool AnyPositive(const EventLog& log, const ProfilePlan& plan, Range events) {
  for (int64_t event = events.begin; event < events.end; ++event) {
    if (IsPositive(log, plan, event)) return true;
  }
  return false;
}

// The events up to the cutoff of each customer who was active in the window, in their order.
std::vector<Range> ActiveCustomers(const EventLog& log, const ProfilePlan& plan,
                                   int64_t window_begin, int64_t cutoff, int64_t users) {
  const std::vector<int64_t> offsets = UserOffsets(log, users);
  const int64_t blocks = (users + kUsersABlock - 1) / kUsersABlock;
  std::vector<std::vector<Range>> found(static_cast<size_t>(blocks));
  ParallelBlocks(blocks, [&](int64_t block, int) {
    const int64_t last = std::min(users, (block + 1) * kUsersABlock);
    for (int64_t user = block * kUsersABlock; user < last; ++user) {
      const Range all = {offsets[user], offsets[user + 1]};
      const int64_t end = FirstAfter(log, all.begin, all.end, cutoff);
      const int64_t window = FirstAfter(log, all.begin, end, window_begin);
      if (AnyPositive(log, plan, {window, end})) found[block].push_back({all.begin, end});
    }
  });
  std::vector<Range> active;
  for (const std::vector<Range>& part : found)
    active.insert(active.end(), part.begin(), part.end());
  return active;
}

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
      throw DataError("the log has no /users/" + name + "; expected it, as the model reads it");
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
                               const std::vector<Feature>& features) {
  const ProfilePlan plan = MakeProfilePlan(log, spec);
  const std::vector<Range> active =
      ActiveCustomers(log, plan, cutoff - spec.window, cutoff, customers.ids.size());
  FeatureTable table;
  table.rows = static_cast<int64_t>(active.size());
  if (table.rows == 0) {
    throw DataError("no customer has a positive event in " +
                    SpanText(cutoff - spec.window, cutoff) +
                    ", the window before the cutoff; expected some");
  }
  table.ids.Reserve(table.rows, table.rows * 8);
  for (const Range& events : active) {
    table.group.push_back(log.user[events.begin]);
    table.ids.Add(customers.ids[table.group.back()]);
  }
  for (const Feature& feature : features) {
    FeatureColumn column;
    column.description.name = feature.name;
    column.values.resize(static_cast<size_t>(table.rows));
    table.columns.push_back(std::move(column));
  }
  const ItemFacts facts = GatherItemFacts(log, plan, cutoff);
  std::vector<Profiler> profilers(static_cast<size_t>(NumThreads()), Profiler(plan, facts));
  ParallelRanges(table.rows, kRowsABlock, [&](int64_t begin, int64_t end, int thread) {
    for (int64_t row = begin; row < end; ++row) {
      const CustomerEvents events = {log, active[row].begin, active[row].end, cutoff};
      const CustomerProfile& profile = profilers[thread].Profile(events);
      for (size_t f = 0; f < features.size(); ++f) {
        const auto value = static_cast<float>(features[f].value(events, profile));
        table.columns[f].values[row] = std::isfinite(value) ? value : kMissing;
      }
    }
  });
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
                const SnapshotSpec& spec, int64_t cutoff, const std::vector<Feature>& features) {
  const FeatureTable again =
      DescribeCustomers(TruncateLog(log, cutoff), customers, spec, cutoff, features);
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
  table->label.resize(static_cast<size_t>(table->rows));
  ParallelRanges(table->rows, kUsersABlock, [&](int64_t first_row, int64_t end_row, int) {
    for (int64_t row = first_row; row < end_row; ++row) {
      const int32_t user = table->group[row];
      const int64_t first = FirstAfter(log, offsets[user], offsets[user + 1], begin);
      const int64_t stop = FirstAfter(log, first, offsets[user + 1], end);
      table->label[row] = AnyPositive(log, plan, {first, stop}) ? 0.0f : 1.0f;
    }
  });
  table->label_name = "churn in " + FormatDuration(spec.horizon);
}

FeatureTable TakeSnapshot(const EventLog& log, const Customers& customers, const SnapshotSpec& spec,
                          int64_t cutoff, bool labelled) {
  const std::vector<Feature> features = ListFeatures(spec);
  FeatureTable table = DescribeCustomers(log, customers, spec, cutoff, features);
  RefuseLeak(table, log, customers, spec, cutoff, features);
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
