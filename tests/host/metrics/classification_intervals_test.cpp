#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/metrics/classification.h"
#include "tests/support/scored_rows.h"

namespace tidewright {
namespace {

TEST(ClassificationIntervalsTest, IntervalsHoldTheValueAndNarrowWithTheRows) {
  ClassificationOptions options;
  options.bootstrap_samples = 400;
  const ClassificationReport few =
      EvaluateClassification(RandomRows(2500, 1000000, false), options);
  // So many that neighbours are drawn together.
  const ClassificationReport many =
      EvaluateClassification(RandomRows(40000, 1000000, false), options);
  for (const std::string metric : {"auc", "pr_auc", "log_loss", "brier", "lift@10%", "empc"}) {
    const MetricValue& wide = few.metrics.at(metric);
    const MetricValue& narrow = many.metrics.at(metric);
    EXPECT_LT(wide.low, wide.mean) << metric;
    EXPECT_GT(wide.high, wide.mean) << metric;
    const double ratio = (wide.high - wide.low) / (narrow.high - narrow.low);
    EXPECT_GT(ratio, 3.2) << metric;  // 4 is expected of 16 times the rows
    EXPECT_LT(ratio, 5) << metric;
    EXPECT_LT(narrow.low, narrow.mean) << metric;
    EXPECT_GT(narrow.high, narrow.mean) << metric;
  }
}

// Labels drawn by the very probabilities that are judged: what is found of an error is noise alone.
TEST(ClassificationIntervalsTest, TheIntervalOfACalibrationErrorHoldsIt) {
  ScoredRows rows = RandomRows(5000, 1000000, false);
  for (size_t row = 0; row < rows.label.size(); ++row) {
    const double uniform = UniformFloat(Philox(3, 3, row).word[0]);
    rows.label[row] = uniform < rows.probability[row] ? 1.0f : 0.0f;
  }
  const MetricValue ece = EvaluateClassification(rows, {}).metrics.at("ece");
  EXPECT_GE(ece.low, 0);
  EXPECT_LE(ece.low, ece.mean);
  EXPECT_GE(ece.high, ece.mean);
  EXPECT_LT(ece.high, 0.03);
}

// The variance of an AUC by the placements of its rows (DeLong et al. 1988): no resampling.
TEST(ClassificationIntervalsTest, TheIntervalOfAucAgreesWithItsStandardError) {
  const ScoredRows rows = RandomRows(2000, 1000000, false);
  ClassificationOptions options;
  options.bootstrap_samples = 1000;
  const MetricValue auc = EvaluateClassification(rows, options).metrics.at("auc");
  double variance = 0;
  for (const float side : {0.0f, 1.0f}) {
    double squares = 0;
    double count = 0;
    for (size_t i = 0; i < rows.label.size(); ++i) {
      if (rows.label[i] != side) continue;
      double won = 0;
      double others = 0;
      for (size_t j = 0; j < rows.label.size(); ++j) {
        if (rows.label[j] == side) continue;
        const bool positive_above =
            (rows.probability[i] > rows.probability[j]) == (rows.label[i] == 1.0f);
        won += rows.probability[i] == rows.probability[j] ? 0.5 : positive_above ? 1.0 : 0.0;
        ++others;
      }
      squares += (won / others - auc.mean) * (won / others - auc.mean);
      ++count;
    }
    variance += squares / (count - 1) / count;
  }
  EXPECT_NEAR((auc.high - auc.low) / (2 * 1.96 * std::sqrt(variance)), 1, 0.1);
}

TEST(ClassificationIntervalsTest, TheSameForAnyNumberOfThreads) {
  const ScoredRows rows = RandomRows(70000, 1000000, true, 5);
  ClassificationOptions options;
  options.bootstrap_samples = 24;
  std::vector<ClassificationReport> reports;
  for (const int threads : {1, 2, 8}) {
    SetNumThreads(threads);
    reports.push_back(EvaluateClassification(rows, options));
  }
  SetNumThreads(0);
  for (const ClassificationReport& report : reports) {
    for (const auto& [name, value] : reports[0].metrics) {
      EXPECT_EQ(report.metrics.at(name).mean, value.mean) << name;
      EXPECT_EQ(report.metrics.at(name).low, value.low) << name;
      EXPECT_EQ(report.metrics.at(name).high, value.high) << name;
    }
  }
}

}  // namespace
}  // namespace tidewright
