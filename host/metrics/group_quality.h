#ifndef TIDEWRIGHT_HOST_METRICS_GROUP_QUALITY_H_
#define TIDEWRIGHT_HOST_METRICS_GROUP_QUALITY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/metrics/classification.h"

namespace tidewright {

// How well one group of customers is served.
struct GroupQuality {
  std::string group;
  int64_t rows = 0;
  int64_t positives = 0;
  double observed = 0;        // share that churned
  double predicted = 0;       // mean probability
  std::optional<double> auc;  // nothing without both classes, and so the lift
  double ece = 0;
  std::optional<double> lift;  // at a tenth of the group, by its own ranking
  // Of observed, auc, ece and lift: 95 %, over 200 bootstrap samples of the group's rows. Empty
  // without both classes.
  std::map<std::string, MetricValue> intervals;
  bool is_small = false;  // under 100 rows, or 10 of a class: its figures are mostly chance
  // The observed rate is further from the predicted one than 99 of 100 such groups would be by
  // chance, were the probabilities right.
  bool is_off = false;
};

// One entry a group, by falling rows; groups beyond the `most` largest are taken together as
// "(others)". `of_row` names each row's group.
std::vector<GroupQuality> JudgeGroups(const ScoredRows& rows,
                                      const std::vector<std::string>& of_row, size_t most = 40);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_GROUP_QUALITY_H_
