#include <algorithm>

#include "host/metrics/score_groups.h"

namespace tidewright {
namespace {

// The corners of a curve, x and y as shares of the last corner's.
std::vector<CurvePoint> Scaled(std::vector<CurvePoint> curve) {
  const CurvePoint last = curve.back();
  for (CurvePoint& point : curve) {
    point.x /= last.x;
    point.y /= last.y;
  }
  return curve;
}

// The height of a curve at x: the upper end where it rises straight up.
double HeightAt(const std::vector<CurvePoint>& curve, double x) {
  const auto next = std::upper_bound(curve.begin(), curve.end(), x,
                                     [](double at, const CurvePoint& p) { return at < p.x; });
  if (next == curve.end()) return curve.back().y;
  if (next == curve.begin()) return next->y;
  const CurvePoint& before = *(next - 1);
  return before.y + (x - before.x) / (next->x - before.x) * (next->y - before.y);
}

std::vector<CurvePoint> Thinned(const std::vector<CurvePoint>& curve, int points) {
  if (static_cast<int>(curve.size()) <= points) return curve;
  return MeanCurve({curve}, points);
}

// Whether b lies on the line from a to c, in the order of a curve that rises in both coordinates.
bool OnLine(const CurvePoint& a, const CurvePoint& b, const CurvePoint& c) {
  return (b.x - a.x) * (c.y - a.y) == (c.x - a.x) * (b.y - a.y);
}

void AddCorner(const CurvePoint& point, std::vector<CurvePoint>* curve) {
  const size_t size = curve->size();
  if (size >= 2 && OnLine((*curve)[size - 2], (*curve)[size - 1], point)) curve->pop_back();
  curve->push_back(point);
}

}  // namespace

double AreaUnderRoc(const ScoreGroups& groups) {
  double above = 0;  // weight of positives of higher probability
  double pairs = 0;
  for (int64_t g = 0; g < groups.size(); ++g) {
    pairs += groups.negative[g] * (above + 0.5 * groups.positive[g]);
    above += groups.positive[g];
  }
  return pairs / (above * Sum(groups.negative));
}

double AveragePrecision(const ScoreGroups& groups) {
  double positive = 0;
  double all = 0;
  double sum = 0;
  for (int64_t g = 0; g < groups.size(); ++g) {
    positive += groups.positive[g];
    all += groups.positive[g] + groups.negative[g];
    if (groups.positive[g] > 0) sum += groups.positive[g] * (positive / all);
  }
  return sum / positive;
}

double RecallAt(const ScoreGroups& groups, double budget) {
  const double positives = Sum(groups.positive);
  double left = budget * (positives + Sum(groups.negative));
  double reached = 0;
  for (int64_t g = 0; g < groups.size(); ++g) {
    const double weight = groups.positive[g] + groups.negative[g];
    if (weight >= left) {
      if (weight > 0) reached += groups.positive[g] * (left / weight);
      break;
    }
    reached += groups.positive[g];
    left -= weight;
  }
  return reached / positives;
}

std::vector<CurvePoint> RocCurve(const ScoreGroups& groups, int points) {
  std::vector<CurvePoint> curve = {{0, 0}};
  CurvePoint at;
  for (int64_t g = 0; g < groups.size(); ++g) {
    at.x += groups.negative[g];
    at.y += groups.positive[g];
    AddCorner(at, &curve);
  }
  return Thinned(Scaled(std::move(curve)), points);
}

std::vector<CurvePoint> GainCurve(const ScoreGroups& groups, int points) {
  std::vector<CurvePoint> curve = {{0, 0}};
  CurvePoint at;
  for (int64_t g = 0; g < groups.size(); ++g) {
    at.x += groups.positive[g] + groups.negative[g];
    at.y += groups.positive[g];
    AddCorner(at, &curve);
  }
  return Thinned(Scaled(std::move(curve)), points);
}

std::vector<CurvePoint> MeanCurve(const std::vector<std::vector<CurvePoint>>& curves, int points) {
  std::vector<CurvePoint> mean = {{0, 0}};
  for (int k = 0; k < points - 1; ++k) {
    const double x = static_cast<double>(k) / (points - 2);
    double y = 0;
    for (const std::vector<CurvePoint>& curve : curves) y += HeightAt(curve, x);
    mean.push_back({x, y / static_cast<double>(curves.size())});
  }
  return mean;
}

}  // namespace tidewright
