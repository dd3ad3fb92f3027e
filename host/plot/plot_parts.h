#ifndef TIDEWRIGHT_HOST_PLOT_PLOT_PARTS_H_
#define TIDEWRIGHT_HOST_PLOT_PLOT_PARTS_H_

#include <string>
#include <vector>

#include "host/metrics/classification.h"

namespace tidewright {

// What both kinds of picture are made of.

// A number with so many decimals, filled up with spaces on the left to `width` characters.
std::string Fixed(double value, int decimals, int width = 0);
// A number in as few characters as show six digits of it.
std::string Short(double value);

// "0.846 [0.836, 0.855]"; empty where the report has no such metric.
std::string ValueText(const ClassificationReport& report, const std::string& metric);

struct Budget {
  double share = 0;     // of customers contacted
  MetricValue reached;  // share of the churners
};

// Those of the report, rising.
std::vector<Budget> BudgetsOf(const ClassificationReport& report);

// The height of a rising curve at x.
double CurveHeight(const std::vector<CurvePoint>& curve, double x);

// The smallest tenth, at least 0.1, that holds every bin of the calibration table.
double ReliabilityLimit(const ClassificationReport& report);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_PLOT_PLOT_PARTS_H_
