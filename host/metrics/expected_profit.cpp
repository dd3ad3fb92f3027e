#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/metrics/score_groups.h"

namespace tidewright {
namespace {

// The continued fraction of I_x(a, b) by Lentz's method (NIST DLMF 8.17.22); it converges fast for
// x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = std::numeric_limits<double>::min();
  constexpr int kMaxSteps = 10000;
  const auto kept = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / kept(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMaxSteps; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    fraction *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    const double factor = c * d;
    fraction *= factor;
    if (std::abs(factor - 1) < 4 * std::numeric_limits<double>::epsilon()) break;
  }
  return fraction;
}

// Corners of the convex hull of the ROC curve, in weight of negatives (x) and positives (y).
std::vector<CurvePoint> RocHull(const ScoreGroups& groups) {
  std::vector<CurvePoint> hull = {{0, 0}};
  CurvePoint at;
  for (int64_t g = 0; g < groups.size(); ++g) {
    at.x += groups.negative[g];
    at.y += groups.positive[g];
    while (hull.size() >= 2) {
      const CurvePoint& a = hull[hull.size() - 2];
      const CurvePoint& b = hull[hull.size() - 1];
      if ((b.y - a.y) * (at.x - a.x) > (at.y - a.y) * (b.x - a.x)) break;
      hull.pop_back();
    }
    if (at.x != hull.back().x || at.y != hull.back().y) hull.push_back(at);
  }
  return hull;
}

}  // namespace

double RegularizedBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

ExpectedProfit ExpectedMaximumProfit(const ScoreGroups& groups, const RetentionProfit& terms) {
  ExpectedProfit result;
  const double incentive = terms.incentive_cost / terms.customer_value;  // delta of the paper
  const double contact = terms.contact_cost / terms.customer_value;      // phi
  if (incentive >= 1) return result;
  const std::vector<CurvePoint> hull = RocHull(groups);
  const double all = hull.back().x + hull.back().y;
  const double mean = terms.alpha / (terms.alpha + terms.beta);
  // Corner i is the best cut-off for acceptance rates from where its edge pays to where the next
  // edge does; between them the profit is linear in the rate.
  double share_below = 0;  // of the distribution of the rate, up to where corner i begins
  double rate_below = 0;   // and of its first moment
  for (size_t i = 0; i < hull.size(); ++i) {
    double share = 1;
    double rate = 1;
    if (i + 1 < hull.size()) {
      const double positives = hull[i + 1].y - hull[i].y;
      const double negatives = hull[i + 1].x - hull[i].x;
      const double cost = (incentive + contact) * negatives + contact * positives;
      const double pays =
          cost < (1 - incentive) * positives ? cost / ((1 - incentive) * positives) : 1;
      share = RegularizedBeta(terms.alpha, terms.beta, pays);
      rate = RegularizedBeta(terms.alpha + 1, terms.beta, pays);
    }
    const double positive = hull[i].y / all;
    const double negative = hull[i].x / all;
    result.profit +=
        terms.customer_value *
        ((1 - incentive) * positive * mean * (rate - rate_below) -
         (contact * positive + (incentive + contact) * negative) * (share - share_below));
    result.fraction += (positive + negative) * (share - share_below);
    share_below = share;
    rate_below = rate;
  }
  return result;
}

}  // namespace tidewright
