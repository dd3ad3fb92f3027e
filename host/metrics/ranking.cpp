#include "host/metrics/ranking.h"

#include <algorithm>
#include <cmath>

namespace tidewright {
namespace {

int64_t HitsAt(const UserHits& hits, int k) {
  return std::lower_bound(hits.ranks.begin(), hits.ranks.end(), k) - hits.ranks.begin();
}

int64_t MostHits(const UserHits& hits, int k) { return std::min<int64_t>(k, hits.relevant_size); }

double Recall(const UserHits& hits, int k) {
  return static_cast<double>(HitsAt(hits, k)) / static_cast<double>(hits.relevant_size);
}

double RecallCapped(const UserHits& hits, int k) {
  return static_cast<double>(HitsAt(hits, k)) / static_cast<double>(MostHits(hits, k));
}

double Precision(const UserHits& hits, int k) { return static_cast<double>(HitsAt(hits, k)) / k; }

double Discount(int64_t rank) { return 1.0 / std::log2(static_cast<double>(rank + 2)); }

double Ndcg(const UserHits& hits, int k) {
  double gain = 0;
  for (const int32_t rank : hits.ranks) {
    if (rank < k) gain += Discount(rank);
  }
  double ideal = 0;
  for (int64_t rank = 0; rank < MostHits(hits, k); ++rank) ideal += Discount(rank);
  return gain / ideal;
}

double AveragePrecision(const UserHits& hits, int k) {
  double sum = 0;
  for (int64_t hit = 0; hit < HitsAt(hits, k); ++hit) {
    sum += static_cast<double>(hit + 1) / static_cast<double>(hits.ranks[hit] + 1);
  }
  return sum / static_cast<double>(MostHits(hits, k));
}

double ReciprocalRank(const UserHits& hits, int k) {
  return HitsAt(hits, k) > 0 ? 1.0 / static_cast<double>(hits.ranks[0] + 1) : 0.0;
}

double HitRate(const UserHits& hits, int k) { return HitsAt(hits, k) > 0 ? 1.0 : 0.0; }

double Judge(const UserRanking& user, int k, double (*value)(const UserHits& hits, int k)) {
  UserHits hits;
  FindHits(user, &hits);
  return value(hits, k);
}

}  // namespace

void FindHits(const UserRanking& user, UserHits* hits) {
  hits->ranks.clear();
  hits->relevant_size = user.relevant_size;
  const int32_t* end = user.relevant + user.relevant_size;
  for (int64_t rank = 0; rank < user.ranked_size && user.ranked[rank] >= 0; ++rank) {
    if (std::binary_search(user.relevant, end, user.ranked[rank])) {
      hits->ranks.push_back(static_cast<int32_t>(rank));
    }
  }
}

const std::vector<RankingMetric>& RankingMetrics() {
  static const std::vector<RankingMetric> metrics{
      {"recall", Recall},   {"recall_capped", RecallCapped}, {"precision", Precision},
      {"ndcg", Ndcg},       {"map", AveragePrecision},       {"mrr", ReciprocalRank},
      {"hit_rate", HitRate}};
  return metrics;
}

double RecallAt(const UserRanking& user, int k) { return Judge(user, k, Recall); }
double RecallCappedAt(const UserRanking& user, int k) { return Judge(user, k, RecallCapped); }
double PrecisionAt(const UserRanking& user, int k) { return Judge(user, k, Precision); }
double NdcgAt(const UserRanking& user, int k) { return Judge(user, k, Ndcg); }
double AveragePrecisionAt(const UserRanking& user, int k) {
  return Judge(user, k, AveragePrecision);
}
double ReciprocalRankAt(const UserRanking& user, int k) { return Judge(user, k, ReciprocalRank); }
double HitRateAt(const UserRanking& user, int k) { return Judge(user, k, HitRate); }

double AucFromRanks(const int64_t* higher, const int64_t* equal, int64_t relevant_size,
                    int64_t candidates) {
  double lost = 0;
  for (int64_t i = 0; i < relevant_size; ++i) {
    lost += static_cast<double>(higher[i]) + 0.5 * static_cast<double>(equal[i]);
  }
  if (candidates == 0) return 0.5;
  return 1.0 - lost / (static_cast<double>(relevant_size) * static_cast<double>(candidates));
}

}  // namespace tidewright
