#include "host/data/import/interner.h"

#include <xxhash.h>

#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "host/core/errors.h"

namespace tidewright {
namespace {

constexpr size_t kFirstSlots = 1024;
constexpr size_t kRowBytes = sizeof(int32_t);

}  // namespace

Interner::Interner() : slots_(kFirstSlots) {}

int32_t Interner::Intern(std::string_view text) {
  const uint64_t hash = XXH3_64bits(text.data(), text.size());
  const uint32_t tag = static_cast<uint32_t>(hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  while (slots_[slot].row >= 0) {
    if (slots_[slot].tag == tag && (*this)[slots_[slot].row] == text) return slots_[slot].row;
    slot = (slot + 1) & mask;
  }
  if (size() == std::numeric_limits<int32_t>::max()) {
    throw DataError("more than 2147483647 distinct ids; expected fewer users and items");
  }
  const int32_t row = static_cast<int32_t>(size());
  slots_[slot] = {tag, row};
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  offsets_.push_back(static_cast<int64_t>(bytes_.size()));
  if (static_cast<size_t>(size()) * 2 > slots_.size()) Grow();
  return row;
}

void Interner::Grow() {
  slots_.assign(slots_.size() * 2, Slot());
  const size_t mask = slots_.size() - 1;
  for (int64_t row = 0; row < size(); ++row) {
    const std::string_view text = (*this)[row];
    const uint64_t hash = XXH3_64bits(text.data(), text.size());
    size_t slot = hash & mask;
    while (slots_[slot].row >= 0) slot = (slot + 1) & mask;
    slots_[slot] = {static_cast<uint32_t>(hash >> 32), static_cast<int32_t>(row)};
  }
}

IdTable Interner::Release() {
  IdTable table = IdTable::FromArena(std::move(offsets_), std::move(bytes_));
  *this = Interner();
  return table;
}

void TextVotes::Add(int32_t row, std::string_view text, int64_t votes) {
  if (text.empty()) return;
  if (static_cast<size_t>(row) >= latest_.size()) latest_.resize(static_cast<size_t>(row) + 1, -1);
  int32_t& latest = latest_[row];
  // The same row mostly comes with the same text: no need to hash it.
  if (latest < 0 || keys_[latest].substr(kRowBytes) != text) {
    scratch_.resize(kRowBytes + text.size());
    std::memcpy(scratch_.data(), &row, kRowBytes);
    std::memcpy(scratch_.data() + kRowBytes, text.data(), text.size());
    latest = keys_.Intern({scratch_.data(), scratch_.size()});
    if (static_cast<size_t>(latest) == votes_.size()) votes_.push_back(0);
  }
  votes_[latest] += votes;
}

void TextVotes::Merge(const TextVotes& other, const std::vector<int32_t>& rows) {
  for (int64_t key = 0; key < other.keys_.size(); ++key) {
    int32_t row = 0;
    std::memcpy(&row, other.keys_[key].data(), kRowBytes);
    Add(rows[row], other.keys_[key].substr(kRowBytes), other.votes_[key]);
  }
}

std::vector<std::string> TextVotes::Winners(int64_t rows) const {
  std::vector<std::string> winners(static_cast<size_t>(rows));
  std::vector<int64_t> best(static_cast<size_t>(rows), 0);
  for (int64_t key = 0; key < keys_.size(); ++key) {
    int32_t row = 0;
    std::memcpy(&row, keys_[key].data(), kRowBytes);
    if (votes_[key] <= best[row]) continue;
    best[row] = votes_[key];
    winners[row] = keys_[key].substr(kRowBytes);
  }
  return winners;
}

}  // namespace tidewright
