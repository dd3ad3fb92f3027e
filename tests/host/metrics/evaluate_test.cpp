#include "host/metrics/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/metrics/popularity.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

// Whole-number factors, so that scores are exact in float and tie often; known and relevant items
// are disjoint.
struct Judged {
  int64_t users = 0;
  int64_t items = 0;
  int64_t factors = 0;
  std::vector<float> user_vectors;
  std::vector<float> item_factors;
  EvalSet set;
  std::vector<int64_t> popularity;
  int64_t train_users = 0;
};

uint32_t Word(uint64_t stream, uint64_t index) { return Philox(11, stream, index).word[0]; }

Judged RandomJudged(int64_t users, int64_t items, int64_t factors) {
  Judged judged;
  judged.users = users;
  judged.items = items;
  judged.factors = factors;
  for (int64_t i = 0; i < users * factors; ++i) {
    judged.user_vectors.push_back(static_cast<float>(static_cast<int>(Word(1, i) % 7) - 3));
  }
  for (int64_t i = 0; i < items * factors; ++i) {
    judged.item_factors.push_back(static_cast<float>(static_cast<int>(Word(2, i) % 7) - 3));
  }
  judged.set.known.cols = items;
  judged.set.relevant.cols = items;
  for (int64_t user = 0; user < users; ++user) {
    const uint32_t must = Word(3, user) % static_cast<uint32_t>(items);
    for (uint32_t item = 0; item < items; ++item) {
      const uint32_t draw = Word(4, user * items + item) % 100;
      Csr* to = item == must || draw < 4 ? &judged.set.relevant
                : draw < 14              ? &judged.set.known
                                         : nullptr;
      if (to == nullptr) continue;
      to->ids.push_back(static_cast<int32_t>(item));
      to->values.push_back(draw % 2 == 0 || to == &judged.set.relevant ? 1.0f : -1.0f);
    }
    for (Csr* matrix : {&judged.set.known, &judged.set.relevant}) {
      ++matrix->rows;
      matrix->offsets.push_back(matrix->nnz());
    }
    judged.set.model_rows.push_back(static_cast<int32_t>(user));
  }
  judged.train_users = 1000;
  for (int64_t item = 0; item < items; ++item) judged.popularity.push_back(Word(5, item) % 900);
  return judged;
}

RankingReport Evaluate(const Judged& judged, const EvaluateOptions& options) {
  return EvaluateRanking(judged.user_vectors.data(), judged.item_factors.data(), judged.items,
                         judged.factors, judged.set, judged.popularity, judged.train_users, TopKCpu,
                         options);
}

template <class T>
void WriteLine(std::ofstream& file, const T& values) {
  file.precision(17);
  for (const auto& value : values) file << value << ' ';
  file << '\n';
}

// reference.py writes "name mean low high" a line, computed from the definitions with numpy.
std::map<std::string, MetricValue> Reference(const Judged& judged, const EvaluateOptions& options) {
  const TempDirectory directory;
  const std::string input = directory.path() + "/input.txt";
  const std::string output = directory.path() + "/output.txt";
  {
    std::ofstream file(input);
    WriteLine(file, std::vector<int64_t>{judged.users, judged.items, judged.factors,
                                         judged.train_users, static_cast<int64_t>(options.seed)});
    WriteLine(file, options.cutoffs);
    WriteLine(file, judged.user_vectors);
    WriteLine(file, judged.item_factors);
    WriteLine(file, judged.popularity);
    for (const Csr* matrix : {&judged.set.known, &judged.set.relevant}) {
      WriteLine(file, matrix->offsets);
      WriteLine(file, matrix->ids);
    }
  }
  const std::string command = "/usr/bin/python3 " TIDEWRIGHT_SOURCE_DIR
                              "/tests/host/metrics/reference.py " +
                              input + " " + output;
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::map<std::string, MetricValue> values;
  std::ifstream file(output);
  std::string name;
  MetricValue value;
  while (file >> name >> value.mean >> value.low >> value.high) values[name] = value;
  return values;
}

TEST(EvaluateRanking, AgreesWithAnIndependentImplementation) {
  const Judged judged = RandomJudged(91, 130, 3);
  EvaluateOptions options;
  options.cutoffs = {1, 5, 20, 200};
  options.seed = 12345678901ull;
  const RankingReport report = Evaluate(judged, options);
  const auto reference = Reference(judged, options);
  EXPECT_EQ(report.users, judged.users);
  EXPECT_EQ(report.metrics.size(), 7u * 4 + 1);
  EXPECT_EQ(report.exposure.size(), 4u * 4);
  EXPECT_EQ(reference.size(), report.metrics.size() + report.exposure.size());
  for (const auto& [name, value] : report.metrics) {
    ASSERT_TRUE(reference.count(name)) << name;
    EXPECT_NEAR(value.mean, reference.at(name).mean, 1e-12) << name;
    EXPECT_NEAR(value.low, reference.at(name).low, 1e-12) << name;
    EXPECT_NEAR(value.high, reference.at(name).high, 1e-12) << name;
  }
  for (const auto& [name, value] : report.exposure) {
    ASSERT_TRUE(reference.count(name)) << name;
    EXPECT_NEAR(value, reference.at(name).mean, 1e-12) << name;
  }
}

TEST(EvaluateRanking, IsTheSameForAnyNumberOfThreadsAndAcrossBatches) {
  // More users than one batch holds.
  const Judged judged = RandomJudged(8500, 40, 2);
  EvaluateOptions options;
  options.cutoffs = {10};
  SetNumThreads(1);
  const RankingReport one = Evaluate(judged, options);
  SetNumThreads(8);
  const RankingReport many = Evaluate(judged, options);
  SetNumThreads(0);
  EXPECT_EQ(one.exposure, many.exposure);
  for (const auto& [name, value] : one.metrics) {
    EXPECT_EQ(value.mean, many.metrics.at(name).mean) << name;
    EXPECT_EQ(value.low, many.metrics.at(name).low) << name;
    EXPECT_EQ(value.high, many.metrics.at(name).high) << name;
  }
  for (const std::string& metric : RankingMetricNames()) {
    EXPECT_EQ(EvaluateMetric(metric, 10, judged.user_vectors.data(), judged.item_factors.data(),
                             judged.items, judged.factors, judged.set, TopKCpu),
              one.metrics.at(metric + "@10").mean)
        << metric;
  }
}

TEST(EvaluateRanking, LeavesOutIntervalsAndAucWhereNotWanted) {
  const Judged judged = RandomJudged(20, 30, 2);
  EvaluateOptions options;
  options.cutoffs = {5};
  options.auc = false;
  options.intervals = false;
  const RankingReport report = Evaluate(judged, options);
  EXPECT_FALSE(report.metrics.count("auc"));
  const MetricValue& ndcg = report.metrics.at("ndcg@5");
  EXPECT_EQ(ndcg.low, ndcg.mean);
  EXPECT_EQ(ndcg.high, ndcg.mean);
}

TEST(EvaluateRanking, RanksThePopularityBaselineThroughItsFactors) {
  Judged judged = RandomJudged(20, 30, 1);
  const PopularityFactors factors = MakePopularityFactors(judged.popularity, judged.users);
  judged.user_vectors = factors.users;
  judged.item_factors = factors.items;
  EvaluateOptions options;
  options.cutoffs = {1};
  const RankingReport report = Evaluate(judged, options);
  // The best item each user has not seen, by hand.
  double hits = 0;
  for (int64_t user = 0; user < judged.users; ++user) {
    const Csr& known = judged.set.known;
    const Csr& relevant = judged.set.relevant;
    int32_t best = -1;
    for (int32_t item = 0; item < judged.items; ++item) {
      if (std::binary_search(known.ids.begin() + known.offsets[user],
                             known.ids.begin() + known.offsets[user + 1], item)) {
        continue;
      }
      if (best < 0 || judged.popularity[item] > judged.popularity[best]) best = item;
    }
    hits += std::binary_search(relevant.ids.begin() + relevant.offsets[user],
                               relevant.ids.begin() + relevant.offsets[user + 1], best);
  }
  EXPECT_DOUBLE_EQ(report.metrics.at("hit_rate@1").mean, hits / 20);
  EXPECT_EQ(report.exposure.at("popular_share@1"), 1);
}

TEST(EvaluateRanking, RefusesNobodyAndBadCutoffs) {
  Judged judged = RandomJudged(5, 10, 2);
  EvaluateOptions options;
  for (const std::vector<int>& cutoffs :
       {std::vector<int>{}, std::vector<int>{0}, std::vector<int>{10, 2000}}) {
    options.cutoffs = cutoffs;
    EXPECT_THROW(Evaluate(judged, options), UsageError);
  }
  options.cutoffs = {5};
  judged.set = {};
  EXPECT_THROW(Evaluate(judged, options), UsageError);
}

TEST(EvaluateMetric, NamesTheNearestWhereThereIsNoSuchMetric) {
  const Judged judged = RandomJudged(5, 10, 2);
  EXPECT_THAT(
      [&] {
        EvaluateMetric("ncdg", 5, judged.user_vectors.data(), judged.item_factors.data(),
                       judged.items, judged.factors, judged.set, TopKCpu);
      },
      Throws<UsageError>(Property(&UsageError::what, HasSubstr("did you mean 'ndcg'"))));
}

}  // namespace
}  // namespace tidewright
