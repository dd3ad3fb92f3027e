#ifndef TIDEWRIGHT_HOST_METRICS_EVALUATE_H_
#define TIDEWRIGHT_HOST_METRICS_EVALUATE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/data/split.h"
#include "host/linalg/top_k.h"
#include "host/metrics/ranking.h"

namespace tidewright {

using TopKFunction = std::function<TopKResult(const TopKRequest& request)>;

struct EvaluateOptions {
  std::vector<int> cutoffs{10, 20, 50};
  bool auc = true;
  bool intervals = true;
  uint64_t seed = 1;
};

struct RankingReport {
  int64_t users = 0;
  // "recall@20", "recall_capped@20", "precision@20", "ndcg@20", "map@20", "mrr@20", "hit_rate@20",
  // "auc"
  std::map<std::string, MetricValue> metrics;
  // "coverage@20", "gini@20", "novelty@20", "popular_share@20": of the lists together, so without
  // an interval
  std::map<std::string, double> exposure;
};

// Ranks all items for every user of `users`, known ones masked, in batches. user_vectors:
// users.model_rows.size() x factors, one row a user judged (gathered or folded in by the caller).
// popularity: positive training entries an item.
RankingReport EvaluateRanking(const float* user_vectors, const float* item_factors, int64_t items,
                              int64_t factors, const EvalSet& users,
                              const std::vector<int64_t>& popularity, int64_t train_users,
                              TopKFunction top_k, const EvaluateOptions& options);

// One metric alone ("ndcg", "recall", "recall_capped", "precision", "map", "mrr", "hit_rate") at k,
// no interval: what a solver watches each epoch. Throws UsageError for another name.
double EvaluateMetric(const std::string& metric, int k, const float* user_vectors,
                      const float* item_factors, int64_t items, int64_t factors,
                      const EvalSet& users, TopKFunction top_k);

// The names EvaluateMetric takes.
const std::vector<std::string>& RankingMetricNames();

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_EVALUATE_H_
