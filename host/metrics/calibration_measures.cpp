#include <algorithm>
#include <cmath>

#include "host/metrics/score_groups.h"

namespace tidewright {
namespace {

constexpr double kNearest = 1e-15;  // to 0 and 1
constexpr double kSliver = 1e-12;   // of all weight: what rounding leaves at a bin's border
constexpr double kNormal95 = 1.959963984540054;

// Wilson (1927): the shares p for which `observed` of `trials` draws is within 95 %.
void SetWilson(double trials, CalibrationBin* bin) {
  const double z2 = kNormal95 * kNormal95 / trials;
  const double middle = (bin->observed + z2 / 2) / (1 + z2);
  const double half = kNormal95 / (1 + z2) *
                      std::sqrt(bin->observed * (1 - bin->observed) / trials + z2 / (4 * trials));
  bin->low = std::max(0.0, middle - half);
  bin->high = std::min(1.0, middle + half);
}

double MeanOver(const ScoreGroups& groups, double sum) {
  return sum / (Sum(groups.positive) + Sum(groups.negative));
}

}  // namespace

double LogLossOf(double probability, bool positive) {
  const double p = std::clamp(probability, kNearest, 1 - kNearest);
  return positive ? -std::log(p) : -std::log1p(-p);
}

double LogLoss(const ScoreGroups& groups) {
  double sum = 0;
  for (int64_t g = 0; g < groups.size(); ++g) {
    const double p = groups.probability[g];
    if (groups.positive[g] > 0) sum += groups.positive[g] * LogLossOf(p, true);
    if (groups.negative[g] > 0) sum += groups.negative[g] * LogLossOf(p, false);
  }
  return MeanOver(groups, sum);
}

double BrierScore(const ScoreGroups& groups) {
  double sum = 0;
  for (int64_t g = 0; g < groups.size(); ++g) {
    const double p = groups.probability[g];
    sum += groups.positive[g] * (1 - p) * (1 - p) + groups.negative[g] * p * p;
  }
  return MeanOver(groups, sum);
}

double MeanProbability(const ScoreGroups& groups) {
  double sum = 0;
  for (int64_t g = 0; g < groups.size(); ++g) {
    sum += groups.probability[g] * (groups.positive[g] + groups.negative[g]);
  }
  return MeanOver(groups, sum);
}

double BaseRate(const ScoreGroups& groups) { return MeanOver(groups, Sum(groups.positive)); }

std::vector<CalibrationBin> CalibrationTable(const ScoreGroups& groups, int bins, double trials) {
  const double all = Sum(groups.positive) + Sum(groups.negative);
  std::vector<CalibrationBin> table;
  CalibrationBin bin;  // its `predicted` and `observed` are sums until it is closed
  const auto close = [&] {
    bin.predicted /= bin.rows;
    bin.observed = std::clamp(bin.observed / bin.rows, 0.0, 1.0);
    SetWilson(bin.rows * trials, &bin);
    table.push_back(bin);
    bin = {};
  };
  double done = 0;
  for (int64_t g = groups.size() - 1; g >= 0; --g) {
    const double weight = groups.positive[g] + groups.negative[g];
    double left = weight;
    while (left > 0) {
      const int64_t closed = static_cast<int64_t>(table.size());
      const double room =
          closed + 1 < bins ? all * static_cast<double>(closed + 1) / bins - done : left;
      const double take = room >= left - kSliver * all ? left : room;
      bin.rows += take;
      bin.predicted += take * groups.probability[g];
      bin.observed += take * (groups.positive[g] / weight);
      done += take;
      left -= take;
      if (closed + 1 < bins && room - take <= kSliver * all) close();
    }
  }
  if (bin.rows > 0) close();
  return table;
}

double CalibrationError(const std::vector<CalibrationBin>& table) {
  double sum = 0;
  double rows = 0;
  for (const CalibrationBin& bin : table) {
    sum += bin.rows * std::abs(bin.observed - bin.predicted);
    rows += bin.rows;
  }
  return sum / rows;
}

}  // namespace tidewright
