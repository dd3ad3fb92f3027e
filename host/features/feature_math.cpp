#include "host/features/feature_math.h"

#include <algorithm>
#include <cmath>

namespace tidewright {
namespace {

constexpr double kSpanPrior = 30;

// Visits a day between the first and the last one.
double Rate(const CustomerProfile& profile) {
  return profile.visits.back() /
         (kSpanPrior + DaysBetween(profile.first_positive, profile.last_positive));
}

}  // namespace

double DaysBetween(int64_t earlier, int64_t later) {
  return static_cast<double>(later - earlier) / static_cast<double>(kMicrosPerDay);
}

double LogDaysSince(int64_t time, int64_t cutoff) {
  return time == kNever ? kNothing : std::log1p(DaysBetween(time, cutoff));
}

double Ratio(double part, double whole) { return whole == 0 ? kNothing : part / whole; }

double SignedLog(double x) { return std::copysign(std::log1p(std::abs(x)), x); }

double LogTrend(double window, double twice) {
  return std::log1p(window) - std::log1p(std::max(0.0, twice - window));
}

Gaps GapsOf(const CustomerProfile& profile) {
  const std::vector<Visit>& visits = profile.visit;
  if (visits.size() < 2) return {kNothing, kNothing, kNothing, kNothing};
  Gaps gaps;
  const auto count = static_cast<double>(visits.size() - 1);
  gaps.mean = DaysBetween(visits.front().begin, visits.back().begin) / count;
  double squares = 0;
  for (size_t v = 1; v < visits.size(); ++v) {
    gaps.last = DaysBetween(visits[v - 1].begin, visits[v].begin);
    gaps.longest = std::max(gaps.longest, gaps.last);
    squares += (gaps.last - gaps.mean) * (gaps.last - gaps.mean);
  }
  gaps.deviation = std::sqrt(squares / count);
  return gaps;
}

double LongerGaps(const CustomerEvents& events, const CustomerProfile& profile) {
  const std::vector<Visit>& visits = profile.visit;
  const double now = DaysBetween(profile.last_positive, events.cutoff);
  double longer = 0;
  for (size_t v = 1; v < visits.size(); ++v) {
    if (DaysBetween(visits[v - 1].begin, visits[v].begin) > now) longer += 1;
  }
  return (longer + 1) / static_cast<double>(visits.size() + 1);
}

double LastVisitAgainstOthers(const CustomerProfile& profile) {
  const std::vector<Visit>& visits = profile.visit;
  if (visits.size() < 2) return kNothing;
  double others = 0;
  for (size_t v = 0; v + 1 < visits.size(); ++v) others += visits[v].value;
  return std::log1p(visits.back().value) -
         std::log1p(others / static_cast<double>(visits.size() - 1));
}

double MonthsActive(const CustomerProfile& profile) {
  return static_cast<double>(std::count(profile.month.begin(), profile.month.end(), 1));
}

double MeanVisitMinutes(const CustomerProfile& profile) {
  double minutes = 0;
  for (const Visit& visit : profile.visit) {
    minutes +=
        static_cast<double>(visit.end - visit.begin) / static_cast<double>(60 * kMicrosPerSecond);
  }
  return minutes / static_cast<double>(profile.visit.size());
}

double ExpectedVisits(const CustomerProfile& profile, int64_t horizon) {
  return Rate(profile) * DaysBetween(0, horizon);
}

double StillActive(const CustomerEvents& events, const CustomerProfile& profile) {
  return std::exp(-Rate(profile) * DaysBetween(profile.last_positive, events.cutoff));
}

}  // namespace tidewright
