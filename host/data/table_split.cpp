#include "host/data/table_split.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

#include "host/core/errors.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

// Rows that must stay together, with how many of them have label 0 and 1.
struct RowGroup {
  uint64_t draw = 0;
  int64_t key = 0;
  std::array<int64_t, 2> rows = {0, 0};
};

struct GroupedRows {
  std::vector<RowGroup> groups;
  std::vector<int32_t> of_row;  // its row of `groups`
};

int ClassOf(float label) { return label == 1.0f ? 1 : 0; }

// The groups in the order of their draws, those with a row of class 1 first.
GroupedRows GroupRows(const FeatureTable& table, uint64_t seed, uint64_t stream) {
  if (table.label.empty()) {
    throw UsageError(table.path +
                     ": a table without a label cannot be split by class; import it "
                     "with --label");
  }
  std::vector<int64_t> keys(static_cast<size_t>(table.rows));
  for (int64_t row = 0; row < table.rows; ++row) {
    keys[row] = table.group.empty() ? row : table.group[row];
  }
  std::vector<int64_t> distinct = keys;
  if (!table.group.empty()) {
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  }
  GroupedRows result;
  result.groups.resize(distinct.size());
  for (size_t g = 0; g < distinct.size(); ++g) {
    const PhiloxDraw draw = Philox(seed, stream, static_cast<uint64_t>(distinct[g]));
    result.groups[g].key = distinct[g];
    result.groups[g].draw = static_cast<uint64_t>(draw.word[0]) << 32 | draw.word[1];
  }
  const auto place = [&](int64_t key) -> int64_t {
    if (table.group.empty()) return key;
    return std::lower_bound(distinct.begin(), distinct.end(), key) - distinct.begin();
  };
  for (int64_t row = 0; row < table.rows; ++row) {
    ++result.groups[place(keys[row])].rows[ClassOf(table.label[row])];
  }
  std::sort(result.groups.begin(), result.groups.end(), [](const RowGroup& a, const RowGroup& b) {
    return std::make_tuple(a.rows[1] == 0, a.draw, a.key) <
           std::make_tuple(b.rows[1] == 0, b.draw, b.key);
  });
  std::vector<int32_t> sorted_place(distinct.size());
  for (size_t g = 0; g < result.groups.size(); ++g) {
    sorted_place[place(result.groups[g].key)] = static_cast<int32_t>(g);
  }
  result.of_row.reserve(keys.size());
  for (const int64_t key : keys) result.of_row.push_back(sorted_place[place(key)]);
  return result;
}

std::string GroupsText(const FeatureTable& table, int64_t count, int label) {
  return std::to_string(count) + (table.group.empty() ? " rows" : " groups") + " with label " +
         std::to_string(label);
}

}  // namespace

std::vector<int32_t> AssignFolds(const FeatureTable& table, int folds, uint64_t seed, int repeat) {
  if (folds < 2) throw UsageError("folds " + std::to_string(folds) + ": expected 2 or more");
  const uint64_t stream =
      static_cast<uint64_t>(RandomStream::kFolds) | static_cast<uint64_t>(repeat) << 32;
  const GroupedRows grouped = GroupRows(table, seed, stream);
  for (const int label : {0, 1}) {
    const int64_t groups =
        std::count_if(grouped.groups.begin(), grouped.groups.end(),
                      [label](const RowGroup& group) { return group.rows[label] > 0; });
    if (groups >= folds) continue;
    throw UsageError(table.path + ": " + GroupsText(table, groups, label) + " cannot fill " +
                     std::to_string(folds) + " folds; use fewer folds");
  }
  // A group goes where its class has the fewest rows yet: groups with a 1 by their ones, the others
  // by their zeros.
  std::vector<std::array<int64_t, 2>> filled(static_cast<size_t>(folds), {0, 0});
  std::vector<int32_t> fold_of_group;
  for (const RowGroup& group : grouped.groups) {
    const int label = group.rows[1] > 0 ? 1 : 0;
    const auto fold =
        std::min_element(filled.begin(), filled.end(), [label](const auto& a, const auto& b) {
          return std::make_pair(a[label], a[1 - label]) < std::make_pair(b[label], b[1 - label]);
        });
    for (const int each : {0, 1}) (*fold)[each] += group.rows[each];
    fold_of_group.push_back(static_cast<int32_t>(fold - filled.begin()));
  }
  for (const auto& rows : filled) {
    if (rows[0] > 0 && rows[1] > 0) continue;
    throw UsageError(table.path + ": " + std::to_string(folds) +
                     " folds leave one without a class, since groups stay together; use fewer");
  }
  std::vector<int32_t> result;
  result.reserve(grouped.of_row.size());
  for (const int32_t group : grouped.of_row) result.push_back(fold_of_group[group]);
  return result;
}

TableRows RowsOfFold(const std::vector<int32_t>& folds, int fold) {
  TableRows rows;
  for (size_t row = 0; row < folds.size(); ++row) {
    (folds[row] == fold ? rows.held_out : rows.train).push_back(static_cast<int64_t>(row));
  }
  return rows;
}

TableRows HoldOut(const FeatureTable& table, double fraction, uint64_t seed) {
  const GroupedRows grouped =
      GroupRows(table, seed, static_cast<uint64_t>(RandomStream::kTableHoldOut));
  std::array<int64_t, 2> total = {0, 0};
  for (const RowGroup& group : grouped.groups) {
    for (const int label : {0, 1}) total[label] += group.rows[label];
  }
  // Groups are taken while that brings their class nearer to its share.
  std::array<int64_t, 2> taken = {0, 0};
  std::vector<bool> held(grouped.groups.size(), false);
  for (size_t g = 0; g < grouped.groups.size(); ++g) {
    const RowGroup& group = grouped.groups[g];
    const int label = group.rows[1] > 0 ? 1 : 0;
    const double middle =
        static_cast<double>(taken[label]) + 0.5 * static_cast<double>(group.rows[label]);
    if (middle > fraction * static_cast<double>(total[label])) continue;
    held[g] = true;
    for (const int each : {0, 1}) taken[each] += group.rows[each];
  }
  for (const int label : {0, 1}) {
    if (taken[label] > 0 && taken[label] < total[label]) continue;
    throw UsageError(table.path + ": holding back " + std::to_string(taken[label]) + " of " +
                     std::to_string(total[label]) + " rows with label " + std::to_string(label) +
                     " leaves none on one side; use another fraction");
  }
  TableRows rows;
  for (int64_t row = 0; row < table.rows; ++row) {
    (held[grouped.of_row[row]] ? rows.held_out : rows.train).push_back(row);
  }
  return rows;
}

}  // namespace tidewright
