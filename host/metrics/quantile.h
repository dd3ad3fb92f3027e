#ifndef TIDEWRIGHT_HOST_METRICS_QUANTILE_H_
#define TIDEWRIGHT_HOST_METRICS_QUANTILE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace tidewright {

// Linear interpolation between the order statistics around position q (n - 1); n > 0.
inline double Quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const std::size_t below = static_cast<std::size_t>(std::floor(position));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_QUANTILE_H_
