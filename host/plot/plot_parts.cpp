#include "host/plot/plot_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace tidewright {

std::string Fixed(double value, int decimals, int width) {
  char text[64];
  std::snprintf(text, sizeof(text), "%*.*f", width, decimals, value);
  return text;
}

std::string Short(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

std::string ValueText(const ClassificationReport& report, const std::string& metric) {
  const auto found = report.metrics.find(metric);
  if (found == report.metrics.end()) return "";
  const MetricValue& value = found->second;
  return Fixed(value.mean, 3) + " [" + Fixed(value.low, 3) + ", " + Fixed(value.high, 3) + "]";
}

std::vector<Budget> BudgetsOf(const ClassificationReport& report) {
  const std::string prefix = "recall@";
  std::vector<Budget> budgets;
  for (const auto& [name, value] : report.metrics) {
    if (name.compare(0, prefix.size(), prefix) != 0) continue;
    budgets.push_back({std::strtod(name.c_str() + prefix.size(), nullptr) / 100, value});
  }
  std::sort(budgets.begin(), budgets.end(),
            [](const Budget& a, const Budget& b) { return a.share < b.share; });
  return budgets;
}

double CurveHeight(const std::vector<CurvePoint>& curve, double x) {
  const auto next = std::upper_bound(curve.begin(), curve.end(), x,
                                     [](double at, const CurvePoint& p) { return at < p.x; });
  if (next == curve.begin()) return curve.empty() ? 0.0 : next->y;
  if (next == curve.end()) return curve.back().y;
  const CurvePoint& before = *(next - 1);
  return before.y + (x - before.x) / (next->x - before.x) * (next->y - before.y);
}

double ReliabilityLimit(const ClassificationReport& report) {
  double limit = 0.1;
  for (const CalibrationBin& bin : report.calibration) {
    limit = std::max({limit, bin.high, bin.predicted});
  }
  return std::min(1.0, std::ceil(10 * limit - 1e-9) / 10);
}

}  // namespace tidewright
