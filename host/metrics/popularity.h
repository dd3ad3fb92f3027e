#ifndef TIDEWRIGHT_HOST_METRICS_POPULARITY_H_
#define TIDEWRIGHT_HOST_METRICS_POPULARITY_H_

#include <cstdint>
#include <vector>

#include "host/data/interactions.h"

namespace tidewright {

// Positive entries an item: matrix.cols counts.
std::vector<int64_t> CountPopularity(const CsrView& matrix);

// The baseline every model is shown beside: the same ranking for everyone, by popularity, as
// factors of rank 1, so that whatever ranks a factor model ranks it too. A count above 2^24 is
// rounded to float.
struct PopularityFactors {
  std::vector<float> users;  // count x 1, all 1
  std::vector<float> items;  // items x 1, the counts
};
PopularityFactors MakePopularityFactors(const std::vector<int64_t>& popularity, int64_t users);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_POPULARITY_H_
