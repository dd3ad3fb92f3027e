#ifndef TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_H_
#define TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/core/metric_value.h"

namespace tidewright {

// Predicted probabilities beside what happened. `weight` is empty where every row counts 1; `fold`
// where the rows are not the held-out rows of several models: pooled measures (log loss, Brier,
// calibration) take all rows together, ranking measures (AUC and its kin) the mean over folds.
struct ScoredRows {
  std::vector<double> probability;  // in [0, 1]
  std::vector<float> label;         // 0 or 1
  std::vector<float> weight;
  std::vector<int32_t> fold;  // >= 0
};

// "auc", "pr_auc", "log_loss", "brier", "ece", "lift@10%": what a solver may watch.
const std::vector<std::string>& ClassificationMetricNames();
bool SmallerIsBetter(const std::string& metric);

// One measure of all rows together, no interval. Throws UsageError for a name it does not know.
double ClassificationMetric(const std::string& metric, const ScoredRows& rows);

// One bin of the calibration table: rows whose probabilities are neighbours.
struct CalibrationBin {
  double rows = 0;       // their weight
  double predicted = 0;  // mean probability
  double observed = 0;   // share that churned
  double low = 0;        // 95 % Wilson interval of `observed`
  double high = 0;
};

struct CurvePoint {
  double x = 0;
  double y = 0;
};

// The profit that EMPC assumes (Verbraken et al. 2013): the share of churners who accept the offer
// is Beta(alpha, beta); value and costs in money.
struct RetentionProfit {
  double alpha = 6;
  double beta = 14;
  double customer_value = 200;
  double incentive_cost = 10;
  double contact_cost = 1;
};

struct ClassificationOptions {
  std::vector<double> budgets = {0.05, 0.1, 0.2};  // shares of customers that can be contacted
  int calibration_bins = 10;                       // of equal weight
  RetentionProfit profit;
  int bootstrap_samples = 1000;
  uint64_t seed = 1;
};

// Everything `evaluate` says of a classifier. Keys of `metrics`: auc, pr_auc, log_loss, brier, ece,
// empc, lift@5%, precision@5%, recall@5% (a share each of the budgets), base_rate,
// mean_probability. The intervals are 95 % bootstrap intervals over rows, stratified by fold.
struct ClassificationReport {
  int64_t rows = 0;
  int64_t positives = 0;
  std::map<std::string, MetricValue> metrics;
  std::vector<CalibrationBin> calibration;
  std::vector<CurvePoint> roc;   // false positive rate, true positive rate; at most 201 points
  std::vector<CurvePoint> gain;  // share contacted, share of churners reached
  double empc_fraction = 0;      // of customers to contact for the expected maximum profit
};

// Throws UsageError where only one class is there: ranking measures are not defined.
ClassificationReport EvaluateClassification(const ScoredRows& rows,
                                            const ClassificationOptions& options);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_CLASSIFICATION_H_
