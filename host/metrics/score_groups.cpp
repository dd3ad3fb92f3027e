#include "host/metrics/score_groups.h"

#include <algorithm>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

struct Key {
  double probability;
  int64_t row;
  bool operator<(const Key& other) const {
    return probability != other.probability ? probability > other.probability : row < other.row;
  }
};

// Blocks sorted on their own, then merged in pairs. Keys are distinct: there is one order only.
void ParallelSort(std::vector<Key>* keys) {
  constexpr int64_t kBlock = 65536;
  const int64_t count = static_cast<int64_t>(keys->size());
  const auto at = [&](int64_t index) { return keys->begin() + std::min(index, count); };
  ParallelRanges(count, kBlock,
                 [&](int64_t begin, int64_t end, int) { std::sort(at(begin), at(end)); });
  for (int64_t width = kBlock; width < count; width *= 2) {
    ParallelBlocks((count + 2 * width - 1) / (2 * width), [&](int64_t pair, int) {
      const int64_t begin = 2 * pair * width;
      std::inplace_merge(at(begin), at(begin + width), at(begin + 2 * width));
    });
  }
}

}  // namespace

double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

SortedRows::SortedRows(const ScoredRows& rows, const std::vector<int64_t>& chosen) {
  std::vector<Key> keys;
  keys.reserve(chosen.size());
  for (const int64_t row : chosen) {
    if (rows.weight.empty() || rows.weight[row] > 0) keys.push_back({rows.probability[row], row});
  }
  ParallelSort(&keys);
  entries_.reserve(keys.size());
  for (const Key& key : keys) {
    if (probability_.empty() || probability_.back() != key.probability) {
      probability_.push_back(key.probability);
    }
    const bool positive = rows.label[key.row] == 1.0f;
    has_[positive ? 1 : 0] = true;
    entries_.push_back({key.row, rows.weight.empty() ? 1.0 : rows.weight[key.row],
                        static_cast<int64_t>(probability_.size()) - 1, positive});
  }
}

void SortedRows::Group(const uint8_t* counts, ScoreGroups* groups) const {
  groups->probability = probability_;
  groups->positive.assign(probability_.size(), 0.0);
  groups->negative.assign(probability_.size(), 0.0);
  for (const Entry& entry : entries_) {
    const double weight = counts == nullptr ? entry.weight : entry.weight * counts[entry.row];
    (entry.positive ? groups->positive : groups->negative)[entry.group] += weight;
  }
}

}  // namespace tidewright
