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

bool HasBothClasses(const ScoreGroups& groups) {
  return Sum(groups.positive) > 0 && Sum(groups.negative) > 0;
}

ScoreGroups GroupRows(const ScoredRows& rows, const std::vector<int64_t>& chosen,
                      ScoreGroups* squares) {
  std::vector<Key> keys;
  keys.reserve(chosen.size());
  for (const int64_t row : chosen) {
    if (rows.weight.empty() || rows.weight[row] > 0) keys.push_back({rows.probability[row], row});
  }
  ParallelSort(&keys);
  ScoreGroups groups;
  const auto begin = [](double probability, ScoreGroups* of) {
    of->probability.push_back(probability);
    of->positive.push_back(0);
    of->negative.push_back(0);
  };
  for (const Key& key : keys) {
    if (groups.size() == 0 || groups.probability.back() != key.probability) {
      begin(key.probability, &groups);
      if (squares != nullptr) begin(key.probability, squares);
    }
    const double weight = rows.weight.empty() ? 1.0 : rows.weight[key.row];
    const bool positive = rows.label[key.row] == 1.0f;
    (positive ? groups.positive : groups.negative).back() += weight;
    if (squares == nullptr) continue;
    (positive ? squares->positive : squares->negative).back() += weight * weight;
  }
  return groups;
}

}  // namespace tidewright
