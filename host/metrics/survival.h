#ifndef TIDEWRIGHT_HOST_METRICS_SURVIVAL_H_
#define TIDEWRIGHT_HOST_METRICS_SURVIVAL_H_

#include <cstdint>
#include <vector>

namespace tidewright {

// When customers left, as far as they were followed: `left` 1: at `time`; 0: they were still there
// at `time`, and no one looked further (censored). Times are days, finite and not negative. Where a
// customer leaves at the time at which another is censored, leaving comes first.
struct FollowUp {
  std::vector<double> time;
  std::vector<uint8_t> left;

  int64_t size() const { return static_cast<int64_t>(time.size()); }
};

// A probability of staying that falls in steps (Kaplan and Meier 1958): survival[i] from times[i]
// on, 1 before the first.
struct SurvivalCurve {
  std::vector<double> times;
  std::vector<double> survival;

  double At(double time) const;      // of staying beyond `time`
  double Before(double time) const;  // of staying up to it: the limit from the left
};
SurvivalCurve KaplanMeier(const FollowUp& follow_up);

// The same of being followed up: what weighs customers by, who stand for those that were censored.
SurvivalCurve CensoringCurve(const FollowUp& follow_up);

// Predictions judged at one time. `leaving` is the probability of having left by `time`, one a
// customer. G is the censoring curve.
//
// Both throw DataError where they are not defined: nobody left by `time`, or nobody is known to
// have stayed beyond it.

// The chance that of a customer who left by `time` and one who stayed beyond, the first has the
// higher probability, ties counting half (cumulative/dynamic AUC). Those who left weigh 1 / G
// before they left (Uno et al. 2007).
double AucAt(const FollowUp& follow_up, const SurvivalCurve& censoring,
             const std::vector<double>& leaving, double time);

// Mean squared error of the probability; who left weighs 1 / G before they left, who stayed beyond
// `time` 1 / G(time), who was censored before it 0 (Graf et al. 1999, eq. 6).
double BrierAt(const FollowUp& follow_up, const SurvivalCurve& censoring,
               const std::vector<double>& leaving, double time);

// The integral of the Brier score over `times`, which rise, by trapezoids, divided by their span.
// leaving[i] belongs to times[i]. Throws UsageError for fewer than two times.
double IntegratedBrier(const FollowUp& follow_up, const std::vector<std::vector<double>>& leaving,
                       const std::vector<double>& times);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_SURVIVAL_H_
