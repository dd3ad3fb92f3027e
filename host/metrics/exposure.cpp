#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/metrics/ranking.h"

namespace tidewright {
namespace {

// With x sorted rising and i from 1: sum (2i - n - 1) x_i / (n sum x).
double Gini(std::vector<int64_t> appearances, double total) {
  std::sort(appearances.begin(), appearances.end());
  const double n = static_cast<double>(appearances.size());
  double weighted = 0;
  for (size_t i = 0; i < appearances.size(); ++i) {
    weighted += (2.0 * static_cast<double>(i + 1) - n - 1.0) * static_cast<double>(appearances[i]);
  }
  return weighted / (n * total);
}

// The tenth of the catalogue (rounded up) with the most training entries; ties by the smaller id.
std::vector<int32_t> MostPopular(const std::vector<int64_t>& popularity) {
  std::vector<int32_t> items(popularity.size());
  std::iota(items.begin(), items.end(), 0);
  const auto end = items.begin() + static_cast<int64_t>((items.size() + 9) / 10);
  std::partial_sort(items.begin(), end, items.end(), [&](int32_t a, int32_t b) {
    return popularity[a] != popularity[b] ? popularity[a] > popularity[b] : a < b;
  });
  items.erase(end, items.end());
  return items;
}

}  // namespace

ExposureMetrics MeasureExposure(const std::vector<int64_t>& appearances,
                                const std::vector<int64_t>& popularity, int64_t train_users) {
  ExposureMetrics metrics;
  const int64_t items = static_cast<int64_t>(appearances.size());
  double total = 0;
  double information = 0;
  int64_t covered = 0;
  for (int64_t item = 0; item < items; ++item) {
    if (appearances[item] == 0) continue;
    const double lists = static_cast<double>(appearances[item]);
    ++covered;
    total += lists;
    information -= lists * std::log2(static_cast<double>(std::max<int64_t>(popularity[item], 1)) /
                                     static_cast<double>(train_users));
  }
  if (total == 0) return metrics;
  double popular = 0;
  for (const int32_t item : MostPopular(popularity)) {
    popular += static_cast<double>(appearances[item]);
  }
  metrics.coverage = static_cast<double>(covered) / static_cast<double>(items);
  metrics.gini = Gini(appearances, total);
  metrics.novelty = information / total;
  metrics.popular_share = popular / total;
  return metrics;
}

ExposureMetrics MeasureExposure(const std::vector<int32_t>& lists, int64_t users, int k,
                                const std::vector<int64_t>& popularity, int64_t train_users) {
  std::vector<int64_t> appearances(popularity.size(), 0);
  for (int64_t i = 0; i < users * k; ++i) {
    if (lists[i] >= 0) ++appearances[lists[i]];
  }
  return MeasureExposure(appearances, popularity, train_users);
}

}  // namespace tidewright
