#include "host/metrics/survival.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string>

#include "host/core/errors.h"

namespace tidewright {
namespace {

void CheckFollowUp(const FollowUp& follow_up) {
  if (follow_up.left.size() != follow_up.time.size()) {
    throw UsageError("follow-up has " + std::to_string(follow_up.time.size()) + " times and " +
                     std::to_string(follow_up.left.size()) + " outcomes; expected one of each");
  }
  for (const double time : follow_up.time) {
    if (!(time >= 0) || !std::isfinite(time)) {
      throw DataError("a follow-up ends at " + std::to_string(time) +
                      "; expected finite times that are not negative");
    }
  }
}

// Both curves: of leaving, or of being censored, for which those who left at the same time are no
// longer at risk.
SurvivalCurve ProductLimit(const FollowUp& follow_up, bool of_censoring) {
  CheckFollowUp(follow_up);
  std::vector<int64_t> order(follow_up.time.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return follow_up.time[a] < follow_up.time[b]; });
  SurvivalCurve curve;
  double survival = 1;
  for (size_t begin = 0; begin < order.size();) {
    const double time = follow_up.time[order[begin]];
    size_t end = begin;
    int64_t left = 0;
    while (end < order.size() && follow_up.time[order[end]] == time) {
      left += follow_up.left[order[end]] != 0 ? 1 : 0;
      ++end;
    }
    const auto all = static_cast<int64_t>(end - begin);
    const int64_t at_risk = static_cast<int64_t>(order.size() - begin) - (of_censoring ? left : 0);
    const int64_t gone = of_censoring ? all - left : left;
    if (gone > 0) {
      survival *= static_cast<double>(at_risk - gone) / static_cast<double>(at_risk);
      curve.times.push_back(time);
      curve.survival.push_back(survival);
    }
    begin = end;
  }
  return curve;
}

double ValueBefore(const SurvivalCurve& curve, std::vector<double>::const_iterator first_after) {
  if (first_after == curve.times.begin()) return 1;
  return curve.survival[static_cast<size_t>(first_after - curve.times.begin()) - 1];
}

// "30 days"
std::string DaysText(double time) {
  char days[32];
  return std::string(days, std::to_chars(days, days + sizeof(days), time).ptr) + " days";
}

// Customers in the two classes that `time` makes of them, with their weights.
struct JudgedCustomer {
  double leaving = 0;
  double left_weight = 0;    // 1 / G before they left; 0 for the others
  double stayed_weight = 0;  // 1 for who stayed beyond
};

std::vector<JudgedCustomer> Judged(const FollowUp& follow_up, const SurvivalCurve& censoring,
                                   const std::vector<double>& leaving, double time) {
  CheckFollowUp(follow_up);
  if (leaving.size() != follow_up.time.size()) {
    throw UsageError(std::to_string(leaving.size()) + " predictions of " +
                     std::to_string(follow_up.time.size()) + " customers; expected one of each");
  }
  std::vector<JudgedCustomer> judged;
  bool any_left = false;
  bool any_stayed = false;
  for (size_t row = 0; row < leaving.size(); ++row) {
    JudgedCustomer one{leaving[row], 0, 0};
    if (follow_up.time[row] > time) {
      one.stayed_weight = 1;
      any_stayed = true;
    } else if (follow_up.left[row] != 0) {
      // Above 0: this very customer was followed up to that time.
      one.left_weight = 1 / censoring.Before(follow_up.time[row]);
      any_left = true;
    } else {
      continue;
    }
    judged.push_back(one);
  }
  if (!any_left || !any_stayed) {
    throw DataError(
        std::string(any_left ? "nobody is known to have stayed beyond " : "nobody left within ") +
        DaysText(time) + "; expected both, to judge predictions by");
  }
  return judged;
}

}  // namespace

double SurvivalCurve::At(double time) const {
  return ValueBefore(*this, std::upper_bound(times.begin(), times.end(), time));
}

double SurvivalCurve::Before(double time) const {
  return ValueBefore(*this, std::lower_bound(times.begin(), times.end(), time));
}

SurvivalCurve KaplanMeier(const FollowUp& follow_up) { return ProductLimit(follow_up, false); }

SurvivalCurve CensoringCurve(const FollowUp& follow_up) { return ProductLimit(follow_up, true); }

double AucAt(const FollowUp& follow_up, const SurvivalCurve& censoring,
             const std::vector<double>& leaving, double time) {
  std::vector<JudgedCustomer> judged = Judged(follow_up, censoring, leaving, time);
  // Weights too, so that equal predictions are summed in one order whatever that of the rows.
  std::sort(judged.begin(), judged.end(), [](const JudgedCustomer& a, const JudgedCustomer& b) {
    if (a.leaving != b.leaving) return a.leaving < b.leaving;
    return a.left_weight < b.left_weight;
  });
  double ranked = 0;
  double left = 0;
  double stayed = 0;  // of lower predictions
  for (size_t begin = 0; begin < judged.size();) {
    double tied_left = 0;
    double tied_stayed = 0;
    size_t end = begin;
    for (; end < judged.size() && judged[end].leaving == judged[begin].leaving; ++end) {
      tied_left += judged[end].left_weight;
      tied_stayed += judged[end].stayed_weight;
    }
    ranked += tied_left * (stayed + tied_stayed / 2);
    left += tied_left;
    stayed += tied_stayed;
    begin = end;
  }
  return ranked / (left * stayed);
}

double BrierAt(const FollowUp& follow_up, const SurvivalCurve& censoring,
               const std::vector<double>& leaving, double time) {
  const double stay_weight = 1 / censoring.At(time);
  double sum = 0;
  for (const JudgedCustomer& one : Judged(follow_up, censoring, leaving, time)) {
    const double miss = 1 - one.leaving;
    sum +=
        one.left_weight * miss * miss + one.stayed_weight * stay_weight * one.leaving * one.leaving;
  }
  return sum / static_cast<double>(follow_up.size());
}

double IntegratedBrier(const FollowUp& follow_up, const std::vector<std::vector<double>>& leaving,
                       const std::vector<double>& times) {
  if (times.size() < 2 || leaving.size() != times.size()) {
    throw UsageError("the integrated Brier score of " + std::to_string(times.size()) +
                     " times and " + std::to_string(leaving.size()) +
                     " predictions; expected two or more times, and a prediction of each");
  }
  const SurvivalCurve censoring = CensoringCurve(follow_up);
  double sum = 0;
  double before = BrierAt(follow_up, censoring, leaving[0], times[0]);
  for (size_t i = 1; i < times.size(); ++i) {
    if (!(times[i] > times[i - 1])) throw UsageError("expected times that rise");
    const double now = BrierAt(follow_up, censoring, leaving[i], times[i]);
    sum += (times[i] - times[i - 1]) * (before + now) / 2;
    before = now;
  }
  return sum / (times.back() - times.front());
}

}  // namespace tidewright
