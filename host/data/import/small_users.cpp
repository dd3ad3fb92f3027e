#include "host/data/import/small_users.h"

#include <utility>
#include <variant>
#include <vector>

namespace tidewright {
namespace {

// The rows that stay, and where each row goes: -1 for one that does not stay.
struct RowMap {
  std::vector<int32_t> kept;
  std::vector<int32_t> new_row;
};

RowMap MapRows(const std::vector<bool>& stays) {
  RowMap map;
  map.new_row.assign(stays.size(), -1);
  for (size_t row = 0; row < stays.size(); ++row) {
    if (!stays[row]) continue;
    map.new_row[row] = static_cast<int32_t>(map.kept.size());
    map.kept.push_back(static_cast<int32_t>(row));
  }
  return map;
}

std::vector<bool> UsersWith(int64_t min_items, const EventLog& log, int64_t users, int64_t items) {
  std::vector<bool> stays(static_cast<size_t>(users), false);
  std::vector<int32_t> last_user(static_cast<size_t>(items), -1);  // that had the item
  for (int64_t event = 0, distinct = 0; event < log.size(); ++event) {
    const int32_t user = log.user[event];
    if (event == 0 || log.user[event - 1] != user) distinct = 0;
    if (last_user[log.item[event]] != user) ++distinct;
    last_user[log.item[event]] = user;
    if (distinct >= min_items) stays[user] = true;
  }
  return stays;
}

// Moves the entries at `kept` to the front; `kept` rises.
template <class T>
void Compact(const std::vector<int64_t>& kept, std::vector<T>* column) {
  if (column->empty()) return;
  for (size_t i = 0; i < kept.size(); ++i) (*column)[i] = std::move((*column)[kept[i]]);
  column->resize(kept.size());
}

void SelectColumns(const std::vector<int32_t>& rows, std::vector<TableColumn>* columns) {
  const std::vector<int64_t> kept(rows.begin(), rows.end());
  for (TableColumn& column : *columns) {
    std::visit([&](auto& values) { Compact(kept, &values); }, column.values);
  }
}

}  // namespace

SmallUsers DropSmallUsers(int64_t min_items, Dataset* dataset) {
  EventLog& log = *dataset->log;
  const std::vector<bool> stays =
      UsersWith(min_items, log, dataset->users.size(), dataset->items.size());
  std::vector<int64_t> events;
  std::vector<bool> has_events(static_cast<size_t>(dataset->items.size()), false);
  for (int64_t event = 0; event < log.size(); ++event) {
    if (!stays[log.user[event]]) continue;
    events.push_back(event);
    has_events[log.item[event]] = true;
  }
  const RowMap users = MapRows(stays);
  const RowMap items = MapRows(has_events);
  const SmallUsers dropped = {dataset->users.size() - static_cast<int64_t>(users.kept.size()),
                              log.size() - static_cast<int64_t>(events.size())};
  if (dropped.users == 0) return dropped;

  Compact(events, &log.user);
  Compact(events, &log.item);
  Compact(events, &log.timestamp);
  Compact(events, &log.signal);
  Compact(events, &log.value);
  for (EventColumn& column : log.extra) Compact(events, &column.values);
  for (int32_t& user : log.user) user = users.new_row[user];
  for (int32_t& item : log.item) item = items.new_row[item];
  dataset->users = dataset->users.Select(users.kept);
  dataset->items = dataset->items.Select(items.kept);
  SelectColumns(users.kept, &dataset->user_columns);
  SelectColumns(items.kept, &dataset->item_columns);
  return dropped;
}

}  // namespace tidewright
