#ifndef TIDEWRIGHT_HOST_PLOT_CLASSIFICATION_PLOT_H_
#define TIDEWRIGHT_HOST_PLOT_CLASSIFICATION_PLOT_H_

#include <string>

#include "host/metrics/classification.h"

namespace tidewright {

// A report as pictures: ROC curve, reliability with Wilson intervals, gain curve.

// For a terminal: UTF-8, at most 60 columns, no colours and no control characters. Ends in a line
// break.
std::string DrawClassification(const ClassificationReport& report);

// One SVG file that needs nothing else: no scripts, no fonts, no links. Readable on light and dark
// backgrounds. `title` is any text.
std::string ClassificationSvg(const ClassificationReport& report, const std::string& title);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_PLOT_CLASSIFICATION_PLOT_H_
