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
  int64_t ranked_size = 0;            // may be short where few items are left; -1 ends it too
  const int32_t* relevant = nullptr;  // rising
  int64_t relevant_size = 0;          // at least 1
};

double RecallAt(const UserRanking& user, int k);        // hits / |relevant|
double RecallCappedAt(const UserRanking& user, int k);  // hits / min(k, |relevant|)
double PrecisionAt(const UserRanking& user, int k);     // hits / k
// Binary gain, log2; the ideal is cut at min(k, |relevant|).
double NdcgAt(const UserRanking& user, int k);
// Sum of precision at each hit / min(k, |relevant|).
double AveragePrecisionAt(const UserRanking& user, int k);
double ReciprocalRankAt(const UserRanking& user, int k);
double HitRateAt(const UserRanking& user, int k);

// What all of them are made of: where the hits stand, counted from 0, rising. Found once a user,
// judged at every cut-off.
struct UserHits {
  std::vector<int32_t> ranks;
  int64_t relevant_size = 0;
};
void FindHits(const UserRanking& user, UserHits* hits);

// A metric by the name it has on the command line and in JSON.
struct RankingMetric {
  const char* name;
  double (*value)(const UserHits& hits, int k);
};
// recall, recall_capped, precision, ndcg, map, mrr, hit_rate
const std::vector<RankingMetric>& RankingMetrics();

// The probability that a relevant item outscores one that is neither relevant nor known; ties count
// half. `higher` and `equal`: for each relevant item the number of candidates (not relevant, not
// known) above it and level with it.
double AucFromRanks(const int64_t* higher, const int64_t* equal, int64_t relevant_size,
                    int64_t candidates);

// A 95 % percentile bootstrap over users of the mean: `resamples` draws keyed by seed, the same for
// every metric. The quantiles are interpolated linearly between order statistics.
MetricValue BootstrapMean(const std::vector<double>& per_user, uint64_t seed, int resamples = 1000);

// The same for several metrics at once, in memory that does not grow with the users: from 65,536 on
// user u counts in group u mod 65,536, and groups are what is drawn.
class MetricMeans {
 public:
  explicit MetricMeans(int64_t metrics);
  void Add(const double* values);  // one user's, a value a metric
  int64_t users() const { return users_; }
  std::vector<double> Means() const;
  std::vector<MetricValue> Intervals(uint64_t seed, int resamples = 1000) const;

 private:
  int64_t metrics_;
  int64_t users_ = 0;
  std::vector<double> sums_;   // group x metric
  std::vector<double> sizes_;  // of the groups
};

// What the lists do to the catalogue, over all users judged.
struct ExposureMetrics {
  double coverage = 0;  // share of the catalogue that is in at least one list
  double gini = 0;      // of the items' number of appearances: 0 all equal, 1 one item takes all
  // Mean self-information of a recommended item, -log2(share of users who have it), bits; an item
  // that nobody has counts as one that one user has.
  double novelty = 0;
  double popular_share = 0;  // share of recommendations that go to the 10 % most popular items
};
// lists: users x k, -1 where a list is short. popularity: training entries an item (positive ones).
ExposureMetrics MeasureExposure(const std::vector<int32_t>& lists, int64_t users, int k,
                                const std::vector<int64_t>& popularity, int64_t train_users);
// The same from the number of lists that each item is in.
ExposureMetrics MeasureExposure(const std::vector<int64_t>& appearances,
                                const std::vector<int64_t>& popularity, int64_t train_users);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_RANKING_H_
