#ifndef TIDEWRIGHT_HOST_FEATURES_FEATURE_MATH_H_
#define TIDEWRIGHT_HOST_FEATURES_FEATURE_MATH_H_

#include <cstdint>
#include <limits>

#include "host/features/customer_profile.h"

namespace tidewright {

// The formulas that features share. Days are not rounded; kNothing where there is nothing to say.
inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double DaysBetween(int64_t earlier, int64_t later);
double LogDaysSince(int64_t time, int64_t cutoff);  // log(1 + days); NaN for kNever
double Ratio(double part, double whole);            // NaN where whole is 0
double SignedLog(double x);                         // sign(x) log(1 + |x|)

// log((1 + recent) / (1 + before)), from the sums over a window and over its double.
double LogTrend(double window, double twice);

// Days between the begins of consecutive visits; all NaN with fewer than two visits.
struct Gaps {
  double mean = 0;
  double deviation = 0;  // of the population; 0 with a single gap
  double longest = 0;
  double last = 0;
};
Gaps GapsOf(const CustomerProfile& profile);

// (longer + 1) / (gaps + 2): longer are the gaps above the time since the last visit.
double LongerGaps(const CustomerEvents& events, const CustomerProfile& profile);

// log of the last visit's value over the mean of the others', each plus 1.
double LastVisitAgainstOthers(const CustomerProfile& profile);

double MonthsActive(const CustomerProfile& profile);  // of the profile's months
double MeanVisitMinutes(const CustomerProfile& profile);

// Visits were they to go on at the rate between the first and the last one, a month added to the
// span so that short ones say little.
double ExpectedVisits(const CustomerProfile& profile, int64_t horizon);

// exp(-rate x days since the last visit) with that rate: the chance that a Poisson customer has
// been silent for so long.
double StillActive(const CustomerEvents& events, const CustomerProfile& profile);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_FEATURE_MATH_H_
