#ifndef TIDEWRIGHT_HOST_HAZARD_HAZARD_H_
#define TIDEWRIGHT_HOST_HAZARD_HAZARD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/data/feature_table.h"
#include "host/features/departures.h"
#include "host/model/hazard_model.h"

namespace tidewright {

// When a customer leaves, by discrete-time survival on boosted trees (Singer and Willett 1993):
// time from the cutoff on is cut into periods (0, e_1], (e_1, e_2], …, of which the first begins
// with the cutoff itself, so that who never comes back leaves in it. The trees learn
//
//   h_j(x) = P(leaves in period j | has not left before it, x)
//
// by logistic loss from one row a customer and period (person-period data), and
//
//   P(left by e_j | x) = 1 - (1 - h_1(x)) … (1 - h_j(x)),
//
// which cannot fall with j. A customer who is censored adds the periods in which leaving would have
// been seen, and only those, also where the customer did leave: what is seen of a period depends on
// the cutoff alone, so that no hazard is biased.

// What the trees read after the customer's columns.
inline constexpr char kPeriodColumn[] = "period_begin_days";

// "7,30,60,90": where periods end, in days after the cutoff; microseconds. Throws UsageError unless
// they are two or more whole numbers that rise from 1 on.
std::vector<int64_t> ParsePeriods(const std::string& text);

// "30d": what a period is called by its end.
std::string PeriodName(int64_t end);

// Person-period data of the rows of `table`: its columns and the period's begin, a row for each
// period in which a customer was at risk and seen; label 1: left in it. Without ids; `departures`
// has one a row. Throws DataError where nobody was seen in a period.
FeatureTable ExpandPeriods(const FeatureTable& table, const std::vector<Departure>& departures,
                           const std::vector<int64_t>& periods);

// How many rows that are, and in how many of them the customer leaves. Throws as ExpandPeriods.
struct PeriodCount {
  int64_t rows = 0;
  int64_t leaving = 0;
};
PeriodCount CountPeriods(const std::vector<Departure>& departures,
                         const std::vector<int64_t>& periods);

// The probability of having left by the end of each period: [period][row]. The table's columns are
// the customer's, as the model was trained on them.
std::vector<std::vector<double>> LeavingProbabilities(const HazardModel& model, FeatureTable table);

// What each column adds to the log-odds of leaving in a period, a mean over the periods: rows x
// (columns + 1), the last one the expected log-odds with the period's own part. By TreeSHAP; a row
// sums up to the mean of its log-odds.
std::vector<double> HazardContributions(const HazardModel& model, FeatureTable table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_HAZARD_HAZARD_H_
