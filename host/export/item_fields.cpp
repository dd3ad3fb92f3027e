#include "host/export/item_fields.h"

#include <algorithm>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/id_hash.h"
#include "host/core/partial_file.h"
#include "host/core/split_text.h"
#include "host/train/id_match.h"

namespace tidewright {
namespace {

constexpr char kAllColumns[] = "all";

// What documents of items have without being asked.
bool IsOwnField(const std::string& name) {
  return name == "item" || name == "name" || name == "vector";
}

// Every column but those that documents have a field of the same name for.
std::vector<std::string> EveryColumn(const std::string& path, const std::vector<std::string>& known,
                                     Progress& progress) {
  std::vector<std::string> names;
  for (const std::string& name : known) {
    if (!IsOwnField(name)) {
      names.push_back(name);
      continue;
    }
    progress.Note("--item-columns: the column '" + name + "' of " + path +
                  " is left out: documents have a field of that name");
  }
  if (!names.empty()) return names;
  throw UsageError("--item-columns: " + path + " has no column of items" +
                   (known.empty() ? "" : " but those") + "; leave --item-columns and --data out");
}

std::vector<std::string> ChosenColumns(const ExportRequest& request,
                                       const std::vector<std::string>& known, Progress& progress) {
  if (request.item_columns == kAllColumns) return EveryColumn(request.data, known, progress);
  const std::vector<std::string> names = SplitAtCommas(request.item_columns);
  if (names.empty()) {
    throw UsageError("--item-columns is '" + request.item_columns +
                     "'; expected names of columns with commas between, or all");
  }
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (IsOwnField(*name)) {
      throw UsageError("--item-columns: documents have a field '" + *name +
                       "' of their own; leave the column out, or give it another name in " +
                       request.data);
    }
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      throw UsageError("--item-columns: " + request.data + " has no column '" + *name +
                       "' of items" + DidYouMean(*name, known));
    }
    if (std::find(names.begin(), name, *name) != name) {
      throw UsageError("--item-columns names '" + *name + "' twice; once is enough");
    }
  }
  return names;
}

void DescribeFields(const ItemTable& table, bool hashed, CardExport* card) {
  std::string names;
  for (const ItemColumn& column : table.columns) {
    names += (names.empty() ? "" : ", ") + JsonQuoted(column.name) +
             (column.is_text ? " (text)" : " (numbers)");
  }
  card->notes.push_back("Documents hold columns of the items as the log has them: " + names +
                        ". What is missing is left out." +
                        (hashed ? " Hashing ids changes nothing in them." : ""));
}

}  // namespace

ItemFields::ItemFields(const ExportSource& source, CardExport* card) {
  const ExportRequest& request = source.request;
  if (request.item_columns.empty()) return;
  table_ = ReadItemTable(request.data, [&](const std::vector<std::string>& known) {
    return ChosenColumns(request, known, source.progress);
  });
  const std::string& salt = request.hash_ids;
  IdTable ids = salt.empty() ? table_.ids : HashedIds(IdKind::kItem, table_.ids, salt);
  const IdTable& items = source.artifact.items;
  rows_ = MatchIds(items, &ids);
  const auto lacking = std::count(rows_.begin(), rows_.end(), -1);
  const std::string of_all = " of the " + std::to_string(items.size()) + " items of the model";
  if (lacking == items.size()) {
    throw DataError(request.data + ": it has none" + of_all +
                    "; expected a log of the same items, such as the one it was trained on");
  }
  DescribeFields(table_, !salt.empty(), card);
  if (lacking == 0) return;
  source.progress.Warn(request.data + " lacks " + std::to_string(lacking) + of_all +
                       ": their documents have no columns");
  card->notes.push_back(std::to_string(lacking) + of_all +
                        " are not in that log: their documents have no columns.");
}

void ItemFields::Append(int64_t item, std::string* json) const {
  if (rows_.empty() || rows_[static_cast<size_t>(item)] < 0) return;
  const auto row = static_cast<size_t>(rows_[static_cast<size_t>(item)]);
  for (const ItemColumn& column : table_.columns) {
    const std::string& value = column.values[row];
    if (value.empty()) continue;
    *json += JsonQuoted(column.name) + ":" + (column.is_text ? JsonQuoted(value) : value) + ",";
  }
}

}  // namespace tidewright
