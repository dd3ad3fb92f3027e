#include "host/bench/quartiles.h"

#include <algorithm>
#include <cmath>

namespace tidewright {

Quartiles QuartilesOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {
    const double position = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<size_t>(position);
    const size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], position - std::floor(position));
  };
  return {values.front(), at(0.25), at(0.5), at(0.75), values.back()};
}

}  // namespace tidewright
