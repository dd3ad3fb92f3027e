#include "host/metrics/evaluate.h"

#include <algorithm>
#include <functional>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersPerBatch = 8192;  // bounds what the lists of a batch take
constexpr int64_t kUsersPerBlock = 64;
constexpr int kMaxCutoff = 1024;

// Who is ranked, and by what.
struct Ranker {
  const float* user_vectors;
  const float* item_factors;
  int64_t items;
  int64_t factors;
  const EvalSet& users;
  TopKFunction top_k;

  int64_t size() const { return static_cast<int64_t>(users.model_rows.size()); }
};

// Rows [begin, begin + rows) of a matrix; `offsets` holds their offsets, moved to 0.
CsrView RowRange(const Csr& matrix, int64_t begin, int64_t rows, std::vector<int64_t>* offsets) {
  const int64_t base = matrix.offsets[begin];
  offsets->clear();
  for (int64_t row = begin; row <= begin + rows; ++row) {
    offsets->push_back(matrix.offsets[row] - base);
  }
  return {rows, matrix.cols, offsets->data(), matrix.ids.data() + base,
          matrix.values.data() + base};
}

UserRanking RankingOf(const Ranker& ranker, const TopKResult& top, int k, int64_t begin,
                      int64_t user) {
  const Csr& relevant = ranker.users.relevant;
  return {top.ids.data() + (user - begin) * k, k, relevant.ids.data() + relevant.offsets[user],
          relevant.RowLength(user)};
}

// Calls judge(begin, count, lists) for one batch of users after the other.
void RankInBatches(const Ranker& ranker, int k, bool auc,
                   const std::function<void(int64_t, int64_t, const TopKResult&)>& judge) {
  std::vector<int64_t> known_offsets;
  std::vector<int64_t> relevant_offsets;
  for (int64_t begin = 0; begin < ranker.size(); begin += kUsersPerBatch) {
    const int64_t count = std::min(kUsersPerBatch, ranker.size() - begin);
    TopKRequest request;
    request.queries = ranker.user_vectors + begin * ranker.factors;
    request.count = count;
    request.items = ranker.item_factors;
    request.item_count = ranker.items;
    request.factors = ranker.factors;
    request.masked = RowRange(ranker.users.known, begin, count, &known_offsets);
    request.k = k;
    if (auc) request.relevant = RowRange(ranker.users.relevant, begin, count, &relevant_offsets);
    judge(begin, count, ranker.top_k(request));
  }
}

void CheckRequest(const EvalSet& users, const std::vector<int>& cutoffs) {
  if (users.model_rows.empty()) {
    throw UsageError("there is nobody to evaluate on; choose a split that holds something out");
  }
  if (cutoffs.empty()) throw UsageError("no cut-off to evaluate at; give at least one, such as 20");
  for (const int k : cutoffs) {
    if (k < 1 || k > kMaxCutoff) {
      throw UsageError("cut-off " + std::to_string(k) + " is not between 1 and " +
                       std::to_string(kMaxCutoff));
    }
  }
}

double Auc(const Ranker& ranker, const TopKResult& top, int64_t begin, int64_t user) {
  const Csr& relevant = ranker.users.relevant;
  const int64_t first = relevant.offsets[user] - relevant.offsets[begin];
  const int64_t length = relevant.RowLength(user);
  return AucFromRanks(top.higher.data() + first, top.equal.data() + first, length,
                      ranker.items - ranker.users.known.RowLength(user) - length);
}

// Of every cut-off: the number of lists that each item is in.
using Appearances = std::vector<std::vector<int64_t>>;

void CountAppearances(const TopKResult& top, int k, int64_t users, const std::vector<int>& cutoffs,
                      Appearances* appearances) {
  for (int64_t user = 0; user < users; ++user) {
    for (size_t c = 0; c < cutoffs.size(); ++c) {
      for (int rank = 0; rank < cutoffs[c]; ++rank) {
        const int32_t item = top.ids[user * k + rank];
        if (item >= 0) ++(*appearances)[c][item];
      }
    }
  }
}

}  // namespace

RankingReport EvaluateRanking(const float* user_vectors, const float* item_factors, int64_t items,
                              int64_t factors, const EvalSet& users,
                              const std::vector<int64_t>& popularity, int64_t train_users,
                              TopKFunction top_k, const EvaluateOptions& options) {
  CheckRequest(users, options.cutoffs);
  const Ranker ranker{user_vectors, item_factors, items, factors, users, top_k};
  const std::vector<RankingMetric>& metrics = RankingMetrics();
  const int k = *std::max_element(options.cutoffs.begin(), options.cutoffs.end());
  const int64_t per_user =
      static_cast<int64_t>(metrics.size() * options.cutoffs.size()) + (options.auc ? 1 : 0);

  MetricMeans means(per_user);
  Appearances appearances(options.cutoffs.size(),
                          std::vector<int64_t>(static_cast<size_t>(items), 0));
  std::vector<double> values;
  RankInBatches(ranker, k, options.auc,
                [&](int64_t first_user, int64_t count, const TopKResult& top) {
                  values.assign(static_cast<size_t>(count * per_user), 0.0);
                  ParallelRanges(count, kUsersPerBlock, [&](int64_t begin, int64_t end, int) {
                    UserHits hits;
                    for (int64_t row = begin; row < end; ++row) {
                      FindHits(RankingOf(ranker, top, k, first_user, first_user + row), &hits);
                      double* value = values.data() + row * per_user;
                      for (const int cutoff : options.cutoffs) {
                        for (const RankingMetric& metric : metrics)
                          *value++ = metric.value(hits, cutoff);
                      }
                      if (options.auc) *value = Auc(ranker, top, first_user, first_user + row);
                    }
                  });
                  for (int64_t row = 0; row < count; ++row)
                    means.Add(values.data() + row * per_user);
                  CountAppearances(top, k, count, options.cutoffs, &appearances);
                });

  RankingReport report;
  report.users = ranker.size();
  const std::vector<MetricValue> intervals =
      means.Intervals(options.seed, options.intervals ? 1000 : 0);
  size_t next = 0;
  for (size_t c = 0; c < options.cutoffs.size(); ++c) {
    std::string at("@");
    at += std::to_string(options.cutoffs[c]);
    for (const RankingMetric& metric : metrics) {
      report.metrics[metric.name + at] = intervals[next++];
    }
    const ExposureMetrics exposure = MeasureExposure(appearances[c], popularity, train_users);
    report.exposure["coverage" + at] = exposure.coverage;
    report.exposure["gini" + at] = exposure.gini;
    report.exposure["novelty" + at] = exposure.novelty;
    report.exposure["popular_share" + at] = exposure.popular_share;
  }
  if (options.auc) report.metrics["auc"] = intervals[next];
  return report;
}

double EvaluateMetric(const std::string& metric, int k, const float* user_vectors,
                      const float* item_factors, int64_t items, int64_t factors,
                      const EvalSet& users, TopKFunction top_k) {
  const std::vector<RankingMetric>& metrics = RankingMetrics();
  const auto found = std::find_if(metrics.begin(), metrics.end(),
                                  [&](const RankingMetric& m) { return m.name == metric; });
  if (found == metrics.end()) {
    throw UsageError("no metric is called '" + metric + "'" +
                     DidYouMean(metric, RankingMetricNames()));
  }
  CheckRequest(users, {k});
  const Ranker ranker{user_vectors, item_factors, items, factors, users, top_k};
  MetricMeans means(1);
  RankInBatches(ranker, k, false, [&](int64_t first_user, int64_t count, const TopKResult& top) {
    UserHits hits;
    for (int64_t row = 0; row < count; ++row) {
      FindHits(RankingOf(ranker, top, k, first_user, first_user + row), &hits);
      const double value = found->value(hits, k);
      means.Add(&value);
    }
  });
  return means.Means()[0];
}

const std::vector<std::string>& RankingMetricNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const RankingMetric& metric : RankingMetrics()) all.emplace_back(metric.name);
    return all;
  }();
  return names;
}

}  // namespace tidewright
