#include "host/train/hazard_quality.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/hazard/hazard.h"
#include "host/metrics/survival.h"

namespace tidewright {
namespace {

double DaysOfSpan(int64_t micros) {
  return static_cast<double>(micros) / static_cast<double>(kMicrosPerDay);
}

// In days. Who is censored has left after `followed`, and so was still there the microsecond after.
FollowUp FollowUpOf(const std::vector<Departure>& departures) {
  FollowUp follow_up;
  for (const Departure& one : departures) {
    follow_up.time.push_back(DaysOfSpan(one.left ? one.time : one.followed + 1));
    follow_up.left.push_back(one.left ? 1 : 0);
  }
  return follow_up;
}

double Integrated(const FollowUp& follow_up, const std::vector<std::vector<double>>& leaving,
                  const std::vector<double>& times) {
  if (times.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  return IntegratedBrier(follow_up, leaving, times);
}

}  // namespace

HazardQuality JudgeLeaving(const std::vector<std::vector<double>>& leaving,
                           const std::vector<int64_t>& periods,
                           const std::vector<Departure>& departures) {
  HazardQuality quality;
  quality.customers = static_cast<int64_t>(departures.size());
  int64_t followed = 0;
  for (const Departure& one : departures) {
    quality.left += one.left ? 1 : 0;
    followed = std::max(followed, one.followed);
  }
  quality.followed_days = DaysOfSpan(followed);
  const FollowUp follow_up = FollowUpOf(departures);
  const SurvivalCurve stays = KaplanMeier(follow_up);
  const SurvivalCurve censoring = CensoringCurve(follow_up);
  std::vector<double> times;
  std::vector<std::vector<double>> baseline;
  for (size_t i = 0; i < periods.size() && periods[i] <= followed; ++i) {
    const double time = DaysOfSpan(periods[i]);
    HazardPeriodQuality& one = quality.periods.emplace_back();
    one.period = PeriodName(periods[i]);
    one.expected = std::accumulate(leaving[i].begin(), leaving[i].end(), 0.0);
    for (const Departure& customer : departures) {
      one.left += customer.left && customer.time <= periods[i] ? 1 : 0;
    }
    one.kaplan_meier = 1 - stays.At(time);
    baseline.emplace_back(departures.size(), one.kaplan_meier);
    one.auc = AucAt(follow_up, censoring, leaving[i], time);
    one.brier = BrierAt(follow_up, censoring, leaving[i], time);
    one.baseline_brier = BrierAt(follow_up, censoring, baseline.back(), time);
    times.push_back(time);
  }
  if (times.empty()) {
    throw DataError("customers are followed for " + FollowedText(followed) +
                    " after the cutoff, which is before the end of the first period of " +
                    PeriodName(periods.at(0)) + "; expected an earlier date");
  }
  const std::vector<std::vector<double>> judged(
      leaving.begin(), leaving.begin() + static_cast<int64_t>(times.size()));
  quality.integrated_brier = Integrated(follow_up, judged, times);
  quality.baseline_integrated_brier = Integrated(follow_up, baseline, times);
  return quality;
}

std::map<std::string, MetricValue> MetricsOf(const HazardQuality& quality) {
  std::map<std::string, MetricValue> metrics;
  const auto add = [&](const std::string& name, double value) {
    metrics[name] = {value, value, value};
  };
  for (const HazardPeriodQuality& one : quality.periods) {
    add("auc@" + one.period, one.auc);
    add("brier@" + one.period, one.brier);
  }
  if (!std::isnan(quality.integrated_brier)) add("integrated_brier", quality.integrated_brier);
  return metrics;
}

double ValueOf(const Requirement& requirement, const HazardQuality& quality) {
  const std::map<std::string, MetricValue> metrics = MetricsOf(quality);
  const auto found = metrics.find(requirement.metric);
  if (found != metrics.end()) return found->second.mean;
  std::string names;
  for (const auto& [name, value] : metrics) names += (names.empty() ? "" : ", ") + name;
  throw UsageError("--require '" + requirement.text + "': a hazard model has no " +
                   requirement.metric + " here; expected one of " + names);
}

}  // namespace tidewright
