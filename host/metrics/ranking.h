#ifndef TIDEWRIGHT_HOST_METRICS_RANKING_H_
#define TIDEWRIGHT_HOST_METRICS_RANKING_H_

#include <cstdint>
#include <vector>

#include "host/core/metric_value.h"

namespace tidewright {

// One user's ranking, judged. `ranked` is the top of the list, best first; `relevant` its targets.
// All of them divide as their names say in host/metrics/README.md; k is the cut-off.
struct UserRanking {
  const int32_t* ranked = nullptr;
  int64_t ranked_size = 0;            // may be short where few items are left
  const int32_t* relevant = nullptr;  // rising
  int64_t relevant_size = 0;          // at least 1
};

double RecallAt(const UserRanking& user, int k);        // hits / |relevant|
double RecallCappedAt(const UserRanking& user, int k);  // hits / min(k, |relevant|)
double PrecisionAt(const UserRanking& user, int k);     // hits / k
double NdcgAt(const UserRanking& user,
              int k);  // binary gain, log2; the ideal is cut at min(k, |relevant|)
double AveragePrecisionAt(const UserRanking& user,
                          int k);  // sum of precision at each hit / min(k, |relevant|)
double ReciprocalRankAt(const UserRanking& user, int k);
double HitRateAt(const UserRanking& user, int k);

// The probability that a relevant item outscores one that is neither relevant nor known; ties count
// half. `higher` and `equal`: for each relevant item the number of candidates (not relevant, not
// known) above it and level with it.
double AucFromRanks(const int64_t* higher, const int64_t* equal, int64_t relevant_size,
                    int64_t candidates);

// A 95 % percentile bootstrap over users of the mean: `resamples` draws keyed by seed, the same for
// every metric.
MetricValue BootstrapMean(const std::vector<double>& per_user, uint64_t seed, int resamples = 1000);

// What the lists do to the catalogue, over all users judged.
struct ExposureMetrics {
  double coverage = 0;  // share of the catalogue that is in at least one list
  double gini = 0;      // of the items' number of appearances: 0 all equal, 1 one item takes all
  double novelty =
      0;  // mean self-information of a recommended item, -log2(share of users who have it), bits
  double popular_share = 0;  // share of recommendations that go to the 10 % most popular items
};
// lists: users x k, -1 where a list is short. popularity: training entries an item (positive ones).
ExposureMetrics MeasureExposure(const std::vector<int32_t>& lists, int64_t users, int k,
                                const std::vector<int64_t>& popularity, int64_t train_users);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_RANKING_H_
