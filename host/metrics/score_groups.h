#ifndef TIDEWRIGHT_HOST_METRICS_SCORE_GROUPS_H_
#define TIDEWRIGHT_HOST_METRICS_SCORE_GROUPS_H_

#include <cstdint>
#include <vector>

#include "host/metrics/classification.h"

namespace tidewright {

// Rows of equal probability taken together, in falling order of probability. Every measure of a
// classifier follows from these sums: that is why the order of tied rows never matters.
struct ScoreGroups {
  std::vector<double> probability;
  std::vector<double> positive;  // weight of the rows of label 1
  std::vector<double> negative;  // and of label 0

  int64_t size() const { return static_cast<int64_t>(probability.size()); }
};

double Sum(const std::vector<double>& values);
bool HasBothClasses(const ScoreGroups& groups);

// Rows of weight 0 are left out. `squares`, where asked for, are the same sums of squared weights.
ScoreGroups GroupRows(const ScoredRows& rows, const std::vector<int64_t>& chosen,
                      ScoreGroups* squares = nullptr);

// The measures below read groups of both classes; their formulas are in README.md.

double AreaUnderRoc(const ScoreGroups& groups);
double AveragePrecision(const ScoreGroups& groups);

// The share of churners among the rows of the highest probabilities that make up `budget` of all
// weight; the group at the border counts in proportion.
double RecallAt(const ScoreGroups& groups, double budget);

// Corners of the curve from (0, 0) to (1, 1): at most `points` of them, evenly thinned along x.
std::vector<CurvePoint> RocCurve(const ScoreGroups& groups, int points);
std::vector<CurvePoint> GainCurve(const ScoreGroups& groups, int points);
// The mean of curves at `points` values of x.
std::vector<CurvePoint> MeanCurve(const std::vector<std::vector<CurvePoint>>& curves, int points);

// -log of the probability of what happened; probabilities are kept 1e-15 from 0 and 1.
double LogLossOf(double probability, bool positive);
double LogLoss(const ScoreGroups& groups);
double BrierScore(const ScoreGroups& groups);
double MeanProbability(const ScoreGroups& groups);
double BaseRate(const ScoreGroups& groups);

// Bins of equal weight in rising order of probability; a group at a border is shared between its
// bins. `trials`: how many unweighted rows one unit of weight stands for in Wilson's interval.
std::vector<CalibrationBin> CalibrationTable(const ScoreGroups& groups, int bins, double trials);
double CalibrationError(const std::vector<CalibrationBin>& table);

struct ExpectedProfit {
  double profit = 0;    // a customer, in money
  double fraction = 0;  // of customers contacted for it
};

ExpectedProfit ExpectedMaximumProfit(const ScoreGroups& groups, const RetentionProfit& terms);

// I_x(a, b), the distribution function of Beta(a, b) at x.
double RegularizedBeta(double a, double b, double x);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_SCORE_GROUPS_H_
