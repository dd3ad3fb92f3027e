#include "host/metrics/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/metrics/popularity.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;

// Ranked 5 3 9 1 7 with targets 1 3 8: hits at ranks 2 and 4.
struct Worked {
  std::vector<int32_t> ranked{5, 3, 9, 1, 7};
  std::vector<int32_t> relevant{1, 3, 8};
  UserRanking ranking{ranked.data(), 5, relevant.data(), 3};
};

TEST(RankingMetrics, MatchTheWorkedExample) {
  const Worked user;
  const UserRanking& r = user.ranking;
  EXPECT_DOUBLE_EQ(RecallAt(r, 5), 2.0 / 3);
  EXPECT_DOUBLE_EQ(RecallAt(r, 2), 1.0 / 3);
  EXPECT_DOUBLE_EQ(RecallCappedAt(r, 2), 1.0 / 2);
  EXPECT_DOUBLE_EQ(RecallCappedAt(r, 5), 2.0 / 3);
  EXPECT_DOUBLE_EQ(PrecisionAt(r, 5), 2.0 / 5);
  EXPECT_DOUBLE_EQ(PrecisionAt(r, 2), 1.0 / 2);
  // (1/log2 3 + 1/log2 5) / (1 + 1/log2 3 + 1/log2 4)
  EXPECT_NEAR(NdcgAt(r, 5), 0.49818925746641285, 1e-15);
  // (1/log2 3) / (1 + 1/log2 3)
  EXPECT_NEAR(NdcgAt(r, 2), 0.38685280723454163, 1e-15);
  EXPECT_DOUBLE_EQ(AveragePrecisionAt(r, 5), (1.0 / 2 + 2.0 / 4) / 3);
  EXPECT_DOUBLE_EQ(AveragePrecisionAt(r, 2), (1.0 / 2) / 2);
  EXPECT_DOUBLE_EQ(ReciprocalRankAt(r, 5), 1.0 / 2);
  EXPECT_EQ(ReciprocalRankAt(r, 1), 0);
  EXPECT_EQ(HitRateAt(r, 1), 0);
  EXPECT_EQ(HitRateAt(r, 2), 1);
}

TEST(RankingMetrics, AreOneForAPerfectListAndZeroForAMissedOne) {
  const std::vector<int32_t> perfect{2, 4, 6};
  const std::vector<int32_t> missed{1, 3, 5};
  for (const RankingMetric& metric : RankingMetrics()) {
    UserHits hits;
    FindHits({perfect.data(), 3, perfect.data(), 3}, &hits);
    EXPECT_DOUBLE_EQ(metric.value(hits, 3), 1) << metric.name;
    FindHits({missed.data(), 3, perfect.data(), 3}, &hits);
    EXPECT_EQ(metric.value(hits, 3), 0) << metric.name;
  }
}

TEST(RankingMetrics, AShortListStillDividesByK) {
  const std::vector<int32_t> ranked{3, -1, -1, -1};
  const std::vector<int32_t> relevant{3};
  const UserRanking ranking{ranked.data(), 4, relevant.data(), 1};
  EXPECT_DOUBLE_EQ(PrecisionAt(ranking, 4), 0.25);
  EXPECT_DOUBLE_EQ(RecallAt(ranking, 4), 1);
  EXPECT_DOUBLE_EQ(NdcgAt(ranking, 4), 1);
}

TEST(Auc, CountsTiesHalf) {
  // Two relevant, four candidates: one loses to 1 and ties with 1, the other wins all.
  const std::vector<int64_t> higher{1, 0};
  const std::vector<int64_t> equal{1, 0};
  EXPECT_DOUBLE_EQ(AucFromRanks(higher.data(), equal.data(), 2, 4), 1 - 1.5 / 8);
  EXPECT_DOUBLE_EQ(AucFromRanks(higher.data(), equal.data(), 2, 0), 0.5);
}

TEST(Bootstrap, IntervalsAreThoseOfTheNormalApproximation) {
  std::vector<double> values;
  for (uint64_t i = 0; i < 2000; ++i) values.push_back(UniformFloat(Philox(1, 1, i).word[0]));
  const MetricValue value = BootstrapMean(values, 7);
  // Uniform on (0, 1): the standard error of the mean is sqrt(1/12/2000) = 0.006455.
  EXPECT_NEAR(value.mean, 0.5, 4 * 0.006455);
  EXPECT_NEAR(value.mean - value.low, 1.96 * 0.006455, 0.1 * 1.96 * 0.006455);
  EXPECT_NEAR(value.high - value.mean, 1.96 * 0.006455, 0.1 * 1.96 * 0.006455);
}

TEST(Bootstrap, IsAFunctionOfValuesAndSeedAlone) {
  std::vector<double> values;
  for (uint64_t i = 0; i < 501; ++i) values.push_back(UniformFloat(Philox(1, 1, i).word[0]));
  SetNumThreads(1);
  const MetricValue one = BootstrapMean(values, 7);
  for (const int threads : {2, 8}) {
    SetNumThreads(threads);
    const MetricValue many = BootstrapMean(values, 7);
    EXPECT_EQ(one.mean, many.mean);
    EXPECT_EQ(one.low, many.low);
    EXPECT_EQ(one.high, many.high);
  }
  SetNumThreads(0);
  EXPECT_NE(one.low, BootstrapMean(values, 8).low);
}

TEST(Bootstrap, DrawsTheSameUsersForEveryMetric) {
  MetricMeans means(3);
  for (uint64_t i = 0; i < 300; ++i) {
    const double x = UniformFloat(Philox(1, 1, i).word[0]);
    const double values[3] = {x, 2 * x + 1, 0.25};
    means.Add(values);
  }
  const std::vector<MetricValue> result = means.Intervals(3);
  EXPECT_NEAR(result[1].low, 2 * result[0].low + 1, 1e-12);
  EXPECT_NEAR(result[1].high, 2 * result[0].high + 1, 1e-12);
  EXPECT_DOUBLE_EQ(result[2].low, 0.25);
  EXPECT_DOUBLE_EQ(result[2].high, 0.25);
}

TEST(Bootstrap, GroupsOfManyUsersKeepMeanAndWidth) {
  MetricMeans means(1);
  const int64_t users = 200000;
  double sum = 0;
  for (int64_t i = 0; i < users; ++i) {
    const double x = UniformFloat(Philox(1, 2, static_cast<uint64_t>(i)).word[0]);
    sum += x;
    means.Add(&x);
  }
  const MetricValue value = means.Intervals(5, 200)[0];
  EXPECT_NEAR(value.mean, sum / static_cast<double>(users), 1e-12);
  const double error = std::sqrt(1.0 / 12 / static_cast<double>(users));
  EXPECT_NEAR(value.high - value.low, 2 * 1.96 * error, 0.25 * 2 * 1.96 * error);
}

TEST(Exposure, MatchesTheWorkedExample) {
  // 4 items, lists {0, 1}, {0, 2}, {0, -1}: appearances 3, 1, 1, 0.
  const std::vector<int32_t> lists{0, 1, 0, 2, 0, -1};
  const ExposureMetrics metrics = MeasureExposure(lists, 3, 2, {4, 2, 0, 8}, 8);
  EXPECT_DOUBLE_EQ(metrics.coverage, 3.0 / 4);
  // Sorted 0 1 1 3: (-3*0 - 1*1 + 1*1 + 3*3) / (4 * 5)
  EXPECT_DOUBLE_EQ(metrics.gini, 9.0 / 20);
  // -log2 of 4/8, 2/8 and 1/8 (nobody counts as one): (3*1 + 2 + 3) / 5
  EXPECT_DOUBLE_EQ(metrics.novelty, 8.0 / 5);
  // A tenth of 4 items, rounded up, is item 3 alone.
  EXPECT_DOUBLE_EQ(metrics.popular_share, 0);
}

TEST(Exposure, GiniIsZeroWhereAllItemsAppearAlike) {
  const std::vector<int32_t> lists{0, 1, 2, 3};
  EXPECT_DOUBLE_EQ(MeasureExposure(lists, 2, 2, {1, 1, 1, 1}, 4).gini, 0);
  EXPECT_DOUBLE_EQ(MeasureExposure(lists, 2, 2, {1, 1, 1, 1}, 4).coverage, 1);
}

TEST(Popularity, CountsPositiveEntries) {
  const Csr matrix{3, 3, {0, 2, 3, 5}, {0, 2, 2, 0, 2}, {1, -1, 5, 2, 1}};
  EXPECT_THAT(CountPopularity(matrix.view()), ElementsAre(2, 0, 2));
  const PopularityFactors factors = MakePopularityFactors({2, 0, 2}, 2);
  EXPECT_THAT(factors.users, ElementsAre(1, 1));
  EXPECT_THAT(factors.items, ElementsAre(2, 0, 2));
}

}  // namespace
}  // namespace tidewright
