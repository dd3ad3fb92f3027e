#ifndef TIDEWRIGHT_HOST_TRAIN_REQUIREMENT_H_
#define TIDEWRIGHT_HOST_TRAIN_REQUIREMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "host/metrics/evaluate.h"

namespace tidewright {

// A condition on a metric, "recall@20>=.17": a gate for continuous integration.
struct Requirement {
  std::string text;        // as given
  std::string metric;      // "recall@20"
  std::string comparison;  // ">=", ">", "<=" or "<"
  double value = 0;
};

// Throws UsageError: the form, or a metric that evaluate has of no model, with the nearest.
Requirement ParseRequirement(const std::string& text);

// The cut-off in a metric's name; nothing in "auc".
std::optional<int> CutoffOf(const std::string& metric);

// Whether a classifier is judged by it: "auc", "lift@10%".
bool IsClassificationMetric(const std::string& metric);

// Whether a survival model is judged by it: "auc@30d", "brier@30d", "integrated_brier".
bool IsSurvivalMetric(const std::string& metric);

// The share of customers in a metric's name: .1 of "lift@10%"; nothing in others.
std::optional<double> CustomerShareOf(const std::string& metric);

// The value that a requirement speaks of: a metric's mean, or an exposure metric.
double ValueOf(const std::string& metric, const RankingReport& report);

bool Holds(const Requirement& requirement, double value);

// "recall@20 is 0.16, required >= .17".
std::string UnmetText(const Requirement& requirement, double value);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_REQUIREMENT_H_
