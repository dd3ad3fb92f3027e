#ifndef TIDEWRIGHT_CLI_CLASSIFIER_PLOTS_H_
#define TIDEWRIGHT_CLI_CLASSIFIER_PLOTS_H_

#include <string>

#include "host/core/config.h"
#include "host/metrics/classification.h"

namespace tidewright {

// ROC, reliability and gain of a report, where they are asked for.
struct ClassifierPlots {
  std::string svg;    // a file to write; empty: none
  bool plot = false;  // into the terminal
};
ConfigFields FieldsOf(ClassifierPlots& plots);

// Appears whole, in place of what stood there. Throws IoError.
void WriteSvg(const ClassifierPlots& plots, const ClassificationReport& report,
              const std::string& title);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_CLASSIFIER_PLOTS_H_
