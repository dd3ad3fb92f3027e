#include "host/linalg/item_order.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kItemsPerRange = 4096;

}  // namespace

double Length(const float* vector, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(vector[i]) * vector[i];
  return std::sqrt(sum);
}

ItemOrder::ItemOrder(const float* items, int64_t item_count, int64_t factors, const uint8_t* denied,
                     bool by_length)
    : factors_(factors), by_length_(by_length) {
  items_.reserve(static_cast<size_t>(item_count));
  for (int64_t item = 0; item < item_count; ++item) {
    if (denied == nullptr || denied[item] == 0) items_.push_back(static_cast<int32_t>(item));
  }
  if (by_length) {
    std::vector<double> of_item(static_cast<size_t>(item_count));
    ParallelRanges(item_count, kItemsPerRange, [&](int64_t begin, int64_t end, int) {
      for (int64_t item = begin; item < end; ++item) {
        of_item[item] = Length(items + item * factors, factors);
      }
    });
    std::sort(items_.begin(), items_.end(), [&](int32_t a, int32_t b) {
      return of_item[a] != of_item[b] ? of_item[a] > of_item[b] : a < b;
    });
    for (const int32_t item : items_) lengths_.push_back(of_item[item]);
  }
  places_.assign(static_cast<size_t>(item_count), -1);
  for (size_t place = 0; place < items_.size(); ++place) {
    places_[items_[place]] = static_cast<int32_t>(place);
  }
  packed_.PackTransposed(factors, size(), items, factors, items_.data());
}

void ItemOrder::PlacesOf(const int32_t* ids, int64_t n, std::vector<int32_t>* places) const {
  places->clear();
  for (int64_t i = 0; i < n; ++i) {
    if (places_[ids[i]] >= 0) places->push_back(places_[ids[i]]);
  }
  if (by_length_) std::sort(places->begin(), places->end());
}

double ItemOrder::Bound(double query_length, int64_t place) const {
  if (!by_length_) return std::numeric_limits<double>::infinity();
  // Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1, doubled; the second term
  // is for products too small for a normal float.
  const double rounding = 1 + static_cast<double>(factors_ + 4) * 0x1p-23;
  return query_length * lengths_[static_cast<size_t>(place)] * rounding +
         static_cast<double>(std::numeric_limits<float>::min());
}

}  // namespace tidewright
