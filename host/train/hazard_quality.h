#ifndef TIDEWRIGHT_HOST_TRAIN_HAZARD_QUALITY_H_
#define TIDEWRIGHT_HOST_TRAIN_HAZARD_QUALITY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/core/metric_value.h"
#include "host/features/departures.h"
#include "host/train/requirement.h"

namespace tidewright {

// What is said of leaving by the end of one period, against what was seen.
struct HazardPeriodQuality {
  std::string period;       // "30d"
  double expected = 0;      // customers, by the sum of their probabilities
  int64_t left = 0;         // customers seen to have left by then
  double kaplan_meier = 0;  // the share that left by then, those who are censored accounted for
  double auc = 0;           // cumulative/dynamic, weighted for censoring (host/metrics/survival.h)
  double brier = 0;         // weighted for censoring
  double baseline_brier = 0;  // where everybody is given the Kaplan-Meier share
};

// Survival predictions judged. All customers of one cutoff are followed equally long, so that up to
// there no weight differs from 1; periods that end later are left out. The baseline is the
// Kaplan-Meier curve of these very customers: the best that can be said of all alike.
struct HazardQuality {
  int64_t customers = 0;
  int64_t left = 0;          // seen to leave at some time
  double followed_days = 0;  // of follow-up: later leaving cannot be seen
  std::vector<HazardPeriodQuality> periods;
  // By trapezoids from the first judged period to the last; NaN where it is one.
  double integrated_brier = 0;
  double baseline_integrated_brier = 0;
};

// leaving[i]: the probability of having left by periods[i], one a customer. Throws DataError where
// no period can be judged, or all customers left by its end, or none.
HazardQuality JudgeLeaving(const std::vector<std::vector<double>>& leaving,
                           const std::vector<int64_t>& periods,
                           const std::vector<Departure>& departures);

// "auc@30d", "brier@30d", "integrated_brier": what --require and the manifest call them. No
// interval: low and high are the value itself.
std::map<std::string, MetricValue> MetricsOf(const HazardQuality& quality);

// Throws UsageError where a requirement is not of a survival model, or of a period it has not.
double ValueOf(const Requirement& requirement, const HazardQuality& quality);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_HAZARD_QUALITY_H_
