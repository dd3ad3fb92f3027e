#include "host/metrics/popularity.h"

#include <cstddef>

namespace tidewright {

std::vector<int64_t> CountPopularity(const CsrView& matrix) {
  std::vector<int64_t> popularity(static_cast<size_t>(matrix.cols), 0);
  const int64_t entries = matrix.rows == 0 ? 0 : matrix.offsets[matrix.rows];
  for (int64_t entry = 0; entry < entries; ++entry) {
    popularity[matrix.ids[entry]] += matrix.values[entry] > 0;
  }
  return popularity;
}

PopularityFactors MakePopularityFactors(const std::vector<int64_t>& popularity, int64_t users) {
  PopularityFactors factors;
  factors.users.assign(static_cast<size_t>(users), 1.0f);
  factors.items.assign(popularity.begin(), popularity.end());
  return factors;
}

}  // namespace tidewright
