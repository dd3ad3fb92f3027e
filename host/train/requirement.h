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

// Throws UsageError: the form, or a metric that evaluate does not have, with the nearest.
Requirement ParseRequirement(const std::string& text);

// The cut-off in a metric's name; nothing in "auc".
std::optional<int> CutoffOf(const std::string& metric);

// The value that a requirement speaks of: a metric's mean, or an exposure metric.
double ValueOf(const std::string& metric, const RankingReport& report);

bool Holds(const Requirement& requirement, const RankingReport& report);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_REQUIREMENT_H_
