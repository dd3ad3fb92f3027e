#include "host/metrics/classification.h"

#include <algorithm>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/metrics/classification_measures.h"
#include "host/metrics/score_groups.h"

namespace tidewright {
namespace {

constexpr int kCurvePoints = 201;

void CheckOptions(const ClassificationOptions& options) {
  const RetentionProfit& profit = options.profit;
  for (const double budget : options.budgets) {
    if (!(budget > 0 && budget <= 1)) {
      throw UsageError("budget " + std::to_string(budget) +
                       " is not a share of the customers: expected more than 0 and at most 1");
    }
  }
  if (options.calibration_bins < 1 || options.calibration_bins > 1000) {
    throw UsageError("calibration in " + std::to_string(options.calibration_bins) +
                     " bins; expected 1 to 1000");
  }
  if (!(profit.alpha > 0 && profit.beta > 0 && profit.customer_value > 0 &&
        profit.incentive_cost >= 0 && profit.contact_cost >= 0)) {
    throw UsageError(
        "the profit of a retention offer needs alpha, beta and the customer's value above 0 and "
        "costs of at least 0");
  }
}

// What needs no order: a sum over rows.
template <class Term>
double MeanOverRows(const ScoredRows& rows, const Term& term) {
  constexpr int64_t kGrain = 16384;
  const int64_t count = static_cast<int64_t>(rows.probability.size());
  std::vector<double> sums(static_cast<size_t>((count + kGrain - 1) / kGrain));
  std::vector<double> weights(sums.size());
  ParallelRanges(count, kGrain, [&](int64_t begin, int64_t end, int) {
    double sum = 0;
    double weight = 0;
    for (int64_t row = begin; row < end; ++row) {
      const double w = rows.weight.empty() ? 1.0 : rows.weight[row];
      if (w > 0) sum += w * term(rows.probability[row], rows.label[row] == 1.0f);
      weight += w;
    }
    sums[begin / kGrain] = sum;
    weights[begin / kGrain] = weight;
  });
  return Sum(sums) / Sum(weights);
}

}  // namespace

const std::vector<std::string>& ClassificationMetricNames() {
  static const std::vector<std::string> names = {"auc",   "pr_auc", "log_loss",
                                                 "brier", "ece",    "lift@10%"};
  return names;
}

bool SmallerIsBetter(const std::string& metric) {
  return metric == "log_loss" || metric == "brier" || metric == "ece";
}

double ClassificationMetric(const std::string& metric, const ScoredRows& rows) {
  CheckScoredRows(rows);
  if (metric == "log_loss") return MeanOverRows(rows, LogLossOf);
  if (metric == "brier") {
    return MeanOverRows(rows, [](double p, bool positive) {
      const double miss = p - (positive ? 1.0 : 0.0);
      return miss * miss;
    });
  }
  ClassificationOptions options;
  options.budgets.clear();
  const size_t at = metric.find('@');
  if (at != std::string::npos && metric.back() == '%') {
    options.budgets = {BudgetOf(metric)};
    CheckOptions(options);
  }
  const ClassificationMeasures measures(options);
  const auto found = std::find(measures.names().begin(), measures.names().end(), metric);
  if (found == measures.names().end()) {
    throw UsageError("unknown metric '" + metric + "'" +
                     DidYouMean(metric, ClassificationMetricNames()) +
                     "; expected auc, pr_auc, log_loss, brier, ece or lift@10%");
  }
  const FoldedGroups groups = GroupFolds(rows);
  return Measure(measures, groups.folds, groups.pooled)[found - measures.names().begin()];
}

ClassificationReport EvaluateClassification(const ScoredRows& rows,
                                            const ClassificationOptions& options) {
  CheckScoredRows(rows);
  CheckOptions(options);
  const FoldedGroups groups = GroupFolds(rows);
  const ClassificationMeasures measures(options);

  ClassificationReport report;
  report.rows = static_cast<int64_t>(rows.label.size());
  report.positives = std::count(rows.label.begin(), rows.label.end(), 1.0f);
  const std::vector<double> values = Measure(measures, groups.folds, groups.pooled);
  const std::vector<MetricValue> intervals =
      BootstrapIntervals(measures, groups, values, options.bootstrap_samples, options.seed);
  for (size_t m = 0; m < values.size(); ++m) report.metrics[measures.names()[m]] = intervals[m];
  report.calibration =
      CalibrationTable(groups.pooled, options.calibration_bins, TrialsAUnitOfWeight(rows));

  std::vector<std::vector<CurvePoint>> roc;
  std::vector<std::vector<CurvePoint>> gain;
  for (const ScoreGroups& fold : groups.folds) {
    if (!HasBothClasses(fold)) continue;
    roc.push_back(RocCurve(fold, kCurvePoints));
    gain.push_back(GainCurve(fold, kCurvePoints));
    report.empc_fraction += ExpectedMaximumProfit(fold, options.profit).fraction;
  }
  const size_t folds = roc.size();
  report.empc_fraction /= static_cast<double>(folds);
  report.roc = folds == 1 ? roc[0] : MeanCurve(roc, kCurvePoints);
  report.gain = folds == 1 ? gain[0] : MeanCurve(gain, kCurvePoints);
  return report;
}

}  // namespace tidewright
