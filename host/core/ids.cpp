#include "host/core/ids.h"

#include <functional>
#include <utility>

namespace tidewright {

IdTable IdTable::Range(int64_t count) {
  IdTable table;
  table.Reserve(count, count * 7);
  for (int64_t row = 0; row < count; ++row) table.Add(std::to_string(row));
  return table;
}

void IdTable::Reserve(int64_t count, int64_t bytes) {
  offsets_.reserve(static_cast<size_t>(count) + 1);
  bytes_.reserve(static_cast<size_t>(bytes));
}

void IdTable::Add(std::string_view id) {
  bytes_.insert(bytes_.end(), id.begin(), id.end());
  offsets_.push_back(static_cast<int64_t>(bytes_.size()));
  index_.clear();
}

void IdTable::BuildIndex() {
  size_t slots = 16;
  while (slots < static_cast<size_t>(size()) * 2) slots *= 2;
  index_.assign(slots, -1);
  for (int64_t row = 0; row < size(); ++row) {
    size_t slot = std::hash<std::string_view>{}((*this)[row]) & (slots - 1);
    while (index_[slot] >= 0 && (*this)[index_[slot]] != (*this)[row])
      slot = (slot + 1) & (slots - 1);
    if (index_[slot] < 0) index_[slot] = row;
  }
}

int64_t IdTable::Find(std::string_view id) const {
  if (index_.empty()) {
    for (int64_t row = 0; row < size(); ++row) {
      if ((*this)[row] == id) return row;
    }
    return -1;
  }
  size_t slot = std::hash<std::string_view>{}(id) & (index_.size() - 1);
  while (index_[slot] >= 0) {
    if ((*this)[index_[slot]] == id) return index_[slot];
    slot = (slot + 1) & (index_.size() - 1);
  }
  return -1;
}

IdTable IdTable::Select(const std::vector<int32_t>& rows) const {
  IdTable table;
  table.Reserve(static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.size()) * 8);
  for (const int32_t row : rows) table.Add((*this)[row]);
  return table;
}

IdTable IdTable::FromArena(std::vector<int64_t> offsets, std::vector<char> bytes) {
  IdTable table;
  table.offsets_ = std::move(offsets);
  table.bytes_ = std::move(bytes);
  return table;
}

}  // namespace tidewright
