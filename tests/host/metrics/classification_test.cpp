#include "host/metrics/classification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "host/core/errors.h"
#include "tests/support/scored_rows.h"

namespace tidewright {
namespace {

double WeightOf(const ScoredRows& rows, size_t i) {
  return rows.weight.empty() ? 1.0 : rows.weight[i];
}

ScoredRows Repeated(const ScoredRows& rows) {
  ScoredRows repeated;
  for (size_t i = 0; i < rows.label.size(); ++i) {
    for (int r = 0; r < static_cast<int>(WeightOf(rows, i)); ++r) {
      repeated.probability.push_back(rows.probability[i]);
      repeated.label.push_back(rows.label[i]);
    }
  }
  return repeated;
}

ScoredRows Reversed(ScoredRows rows) {
  std::reverse(rows.probability.begin(), rows.probability.end());
  std::reverse(rows.label.begin(), rows.label.end());
  std::reverse(rows.weight.begin(), rows.weight.end());
  return rows;
}

ScoredRows FoldOf(const ScoredRows& rows, int32_t fold) {
  ScoredRows part;
  for (size_t i = 0; i < rows.label.size(); ++i) {
    if (rows.fold[i] != fold) continue;
    part.probability.push_back(rows.probability[i]);
    part.label.push_back(rows.label[i]);
  }
  return part;
}

// All pairs of a positive and a negative row.
double PairwiseAuc(const ScoredRows& rows) {
  double won = 0;
  double pairs = 0;
  for (size_t i = 0; i < rows.label.size(); ++i) {
    for (size_t j = 0; j < rows.label.size(); ++j) {
      if (rows.label[i] != 1 || rows.label[j] != 0) continue;
      const double weight = WeightOf(rows, i) * WeightOf(rows, j);
      const double difference = rows.probability[i] - rows.probability[j];
      won += weight * (difference > 0 ? 1.0 : difference == 0 ? 0.5 : 0.0);
      pairs += weight;
    }
  }
  return won / pairs;
}

// Mean over the positive rows of the precision among the rows that score at least as high.
double RowwiseAveragePrecision(const ScoredRows& rows) {
  double sum = 0;
  double positives = 0;
  for (size_t i = 0; i < rows.label.size(); ++i) {
    if (rows.label[i] != 1) continue;
    double hits = 0;
    double all = 0;
    for (size_t j = 0; j < rows.label.size(); ++j) {
      if (rows.probability[j] < rows.probability[i]) continue;
      all += WeightOf(rows, j);
      if (rows.label[j] == 1) hits += WeightOf(rows, j);
    }
    if (all > 0) sum += WeightOf(rows, i) * hits / all;
    positives += WeightOf(rows, i);
  }
  return sum / positives;
}

TEST(ClassificationTest, HandComputedValues) {
  ScoredRows rows;
  rows.probability = {0.9, 0.8, 0.8, 0.3};
  rows.label = {1, 0, 1, 0};
  // Pairs: .9 beats .8 and .3; .8 ties .8 and beats .3.
  EXPECT_DOUBLE_EQ(ClassificationMetric("auc", rows), 3.5 / 4);
  EXPECT_DOUBLE_EQ(ClassificationMetric("pr_auc", rows), 0.5 * 1 + 0.5 * 2.0 / 3);
  EXPECT_DOUBLE_EQ(ClassificationMetric("brier", rows), (0.01 + 0.64 + 0.04 + 0.09) / 4);
  EXPECT_DOUBLE_EQ(ClassificationMetric("log_loss", rows),
                   -(std::log(.9) + std::log1p(-.8) + std::log(.8) + std::log1p(-.3)) / 4);
  // Half of the customers: the row of .9 and half of the tied pair, which holds one churner.
  EXPECT_DOUBLE_EQ(ClassificationMetric("lift@50%", rows), 1.5);
  EXPECT_DOUBLE_EQ(ClassificationMetric("precision@50%", rows), 0.75);
  EXPECT_DOUBLE_EQ(ClassificationMetric("recall@50%", rows), 0.75);
  EXPECT_DOUBLE_EQ(ClassificationMetric("base_rate", rows), 0.5);
  EXPECT_DOUBLE_EQ(ClassificationMetric("mean_probability", rows), 0.7);
}

TEST(ClassificationTest, ExpectedMaximumProfitMatchesTheGoldenValue) {
  EXPECT_NEAR(ClassificationMetric("empc", GoldenRows()), 23.875593418348124, 1e-11);
}

// The maximum over all cut-offs at every acceptance rate, integrated by Simpson's rule.
TEST(ClassificationTest, ExpectedMaximumProfitIsTheIntegralOfTheBestCutOff) {
  const ScoredRows rows = RandomRows(300, 50, true);
  ClassificationOptions options;
  options.profit = {2.5, 4.0, 120, 15, 2};
  options.bootstrap_samples = 0;
  const RetentionProfit& terms = options.profit;
  std::vector<CurvePoint> cuts;  // shares of all: negatives, positives
  double all = 0;
  for (size_t i = 0; i < rows.label.size(); ++i) all += WeightOf(rows, i);
  for (int level = 0; level <= 51; ++level) {
    CurvePoint cut;
    for (size_t i = 0; i < rows.label.size(); ++i) {
      if (rows.probability[i] < level / 50.0 - 1e-9) continue;
      (rows.label[i] == 1 ? cut.y : cut.x) += WeightOf(rows, i) / all;
    }
    cuts.push_back(cut);
  }
  const auto best = [&](double rate) {
    double profit = 0;
    for (const CurvePoint& cut : cuts) {
      profit = std::max(profit, cut.y * (rate * (terms.customer_value - terms.incentive_cost) -
                                         terms.contact_cost) -
                                    cut.x * (terms.incentive_cost + terms.contact_cost));
    }
    const double beta =
        std::tgamma(terms.alpha) * std::tgamma(terms.beta) / std::tgamma(terms.alpha + terms.beta);
    return profit * std::pow(rate, terms.alpha - 1) * std::pow(1 - rate, terms.beta - 1) / beta;
  };
  constexpr int kSteps = 20000;
  double integral = best(0) + best(1);
  for (int i = 1; i < kSteps; ++i) {
    integral += best(static_cast<double>(i) / kSteps) * (i % 2 == 1 ? 4 : 2);
  }
  integral /= 3.0 * kSteps;
  const ClassificationReport report = EvaluateClassification(rows, options);
  EXPECT_NEAR(report.metrics.at("empc").mean, integral, 1e-5);
  EXPECT_GT(report.empc_fraction, 0);
  EXPECT_LT(report.empc_fraction, 1);
}

TEST(ClassificationTest, RankingMeasuresMatchReferencesOverAllPairs) {
  for (const bool weights : {false, true}) {
    for (const int levels : {4, 1000000}) {
      const ScoredRows rows = RandomRows(400, levels, weights);
      EXPECT_NEAR(ClassificationMetric("auc", rows), PairwiseAuc(rows), 1e-13);
      EXPECT_NEAR(ClassificationMetric("pr_auc", rows), RowwiseAveragePrecision(rows), 1e-13);
    }
  }
}

TEST(ClassificationTest, AWeightCountsAsRepetition) {
  const ScoredRows rows = RandomRows(300, 20, true);
  const ScoredRows repeated = Repeated(rows);
  ClassificationOptions options;
  options.bootstrap_samples = 0;
  const ClassificationReport weighted = EvaluateClassification(rows, options);
  const ClassificationReport counted = EvaluateClassification(repeated, options);
  ASSERT_EQ(weighted.metrics.size(), counted.metrics.size());
  for (const auto& [name, value] : counted.metrics) {
    EXPECT_NEAR(weighted.metrics.at(name).mean, value.mean, 1e-12) << name;
  }
}

TEST(ClassificationTest, TheOrderOfRowsDoesNotMatter) {
  const ScoredRows rows = RandomRows(301, 7, true);
  for (const std::string& metric : ClassificationMetricNames()) {
    EXPECT_NEAR(ClassificationMetric(metric, rows), ClassificationMetric(metric, Reversed(rows)),
                1e-13)
        << metric;
  }
}

TEST(ClassificationTest, RankingIsTheMeanOverFoldsAndCalibrationIsPooled) {
  const ScoredRows rows = RandomRows(600, 100, false, 3);
  ScoredRows pooled = rows;
  pooled.fold.clear();
  for (const std::string metric : {"auc", "pr_auc", "lift@10%", "empc"}) {
    double mean = 0;
    for (int32_t fold = 0; fold < 3; ++fold) {
      mean += ClassificationMetric(metric, FoldOf(rows, fold)) / 3;
    }
    EXPECT_NEAR(ClassificationMetric(metric, rows), mean, 1e-13) << metric;
    EXPECT_NE(ClassificationMetric(metric, pooled), mean) << metric;
  }
  for (const std::string metric : {"log_loss", "brier", "ece", "base_rate", "mean_probability"}) {
    EXPECT_DOUBLE_EQ(ClassificationMetric(metric, rows), ClassificationMetric(metric, pooled));
  }
}

TEST(ClassificationTest, AFoldOfOneClassIsLeftOutOfRankingMeasures) {
  ScoredRows rows = GoldenRows();
  rows.fold.assign(8, 0);
  rows.probability.push_back(0.5);
  rows.label.push_back(0);
  rows.fold.push_back(1);
  EXPECT_DOUBLE_EQ(ClassificationMetric("auc", rows), ClassificationMetric("auc", GoldenRows()));
}

TEST(ClassificationTest, CalibrationBinsHaveEqualWeightAndWilsonIntervals) {
  ScoredRows rows;
  for (int i = 0; i < 100; ++i) {
    rows.probability.push_back(i < 50 ? 0.1 + 0.001 * i : 0.8 + 0.001 * i);
    rows.label.push_back(i < 50 ? (i % 10 == 0 ? 1.0f : 0.0f) : (i % 10 == 0 ? 0.0f : 1.0f));
  }
  ClassificationOptions options;
  options.calibration_bins = 2;
  options.bootstrap_samples = 0;
  const ClassificationReport report = EvaluateClassification(rows, options);
  ASSERT_EQ(report.calibration.size(), 2u);
  EXPECT_DOUBLE_EQ(report.calibration[0].rows, 50);
  EXPECT_NEAR(report.calibration[0].predicted, 0.1245, 1e-12);
  EXPECT_NEAR(report.calibration[0].observed, 0.1, 1e-12);
  EXPECT_NEAR(report.calibration[1].observed, 0.9, 1e-12);
  // Wilson's interval of 5 of 50.
  EXPECT_NEAR(report.calibration[0].low, 0.0434752, 1e-6);
  EXPECT_NEAR(report.calibration[0].high, 0.2136023, 1e-6);
  EXPECT_NEAR(report.metrics.at("ece").mean, 0.5 * 0.0245 + 0.5 * (0.9 - 0.8745), 1e-12);
}

TEST(ClassificationTest, ARowAtABinsBorderIsShared) {
  ScoredRows rows;
  rows.probability = {0.2, 0.4, 0.6};
  rows.label = {0, 1, 1};
  ClassificationOptions options;
  options.calibration_bins = 2;
  options.bootstrap_samples = 0;
  const std::vector<CalibrationBin> table = EvaluateClassification(rows, options).calibration;
  ASSERT_EQ(table.size(), 2u);
  EXPECT_NEAR(table[0].rows, 1.5, 1e-12);
  EXPECT_NEAR(table[0].predicted, (0.2 + 0.5 * 0.4) / 1.5, 1e-12);
  EXPECT_NEAR(table[0].observed, 0.5 / 1.5, 1e-12);
  EXPECT_NEAR(table[1].observed, 1, 1e-12);
}

TEST(ClassificationTest, CurvesEndInTheirCornersAndEncloseTheirArea) {
  const ScoredRows rows = RandomRows(5000, 1000000, false);
  ClassificationOptions options;
  options.bootstrap_samples = 0;
  const ClassificationReport report = EvaluateClassification(rows, options);
  for (const std::vector<CurvePoint>& curve : {report.roc, report.gain}) {
    ASSERT_LE(curve.size(), 201u);
    EXPECT_EQ(curve.front().x, 0);
    EXPECT_EQ(curve.front().y, 0);
    EXPECT_DOUBLE_EQ(curve.back().x, 1);
    EXPECT_DOUBLE_EQ(curve.back().y, 1);
  }
  double area = 0;
  for (size_t i = 1; i < report.roc.size(); ++i) {
    area += (report.roc[i].x - report.roc[i - 1].x) * (report.roc[i].y + report.roc[i - 1].y) / 2;
  }
  EXPECT_NEAR(area, report.metrics.at("auc").mean, 2e-3);

  const std::vector<CurvePoint> exact = EvaluateClassification(GoldenRows(), options).roc;
  double golden = 0;
  for (size_t i = 1; i < exact.size(); ++i) {
    golden += (exact[i].x - exact[i - 1].x) * (exact[i].y + exact[i - 1].y) / 2;
  }
  EXPECT_NEAR(golden, ClassificationMetric("auc", GoldenRows()), 1e-15);
}

TEST(ClassificationTest, CertainAndWrongIsFinite) {
  ScoredRows rows;
  rows.probability = {0, 1};
  rows.label = {1, 0};
  EXPECT_NEAR(ClassificationMetric("log_loss", rows), -std::log(1e-15), 0.1);
  EXPECT_EQ(ClassificationMetric("auc", rows), 0);
}

TEST(ClassificationTest, OneClassIsRefused) {
  ScoredRows rows = GoldenRows();
  rows.label.assign(8, 0.0f);
  EXPECT_THROW(EvaluateClassification(rows, {}), UsageError);
  EXPECT_THROW(ClassificationMetric("auc", rows), UsageError);
  EXPECT_GT(ClassificationMetric("log_loss", rows), 0);
}

TEST(ClassificationTest, WrongInputIsRefusedByName) {
  const auto message = [](const std::function<void()>& body) {
    try {
      body();
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  ScoredRows rows = GoldenRows();
  rows.probability[3] = 1.5;
  EXPECT_THAT(message([&] { ClassificationMetric("auc", rows); }), testing::HasSubstr("row 3"));
  rows = GoldenRows();
  rows.label[2] = 2;
  EXPECT_THAT(message([&] { ClassificationMetric("auc", rows); }), testing::HasSubstr("label 2"));
  rows = GoldenRows();
  rows.weight = {1, 1, -1, 1, 1, 1, 1, 1};
  EXPECT_THAT(message([&] { ClassificationMetric("auc", rows); }), testing::HasSubstr("weight -1"));
  EXPECT_THAT(message([&] { ClassificationMetric("pr_acu", GoldenRows()); }),
              testing::HasSubstr("did you mean 'pr_auc'"));
  EXPECT_THAT(message([&] { ClassificationMetric("lift@x%", GoldenRows()); }),
              testing::HasSubstr("lift@10%"));
  EXPECT_THAT(message([&] { ClassificationMetric("lift@0%", GoldenRows()); }),
              testing::HasSubstr("budget"));
}

}  // namespace
}  // namespace tidewright
