#ifndef TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_
#define TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_

#include <string>

#include "host/metrics/classification.h"

namespace tidewright {

// A classifier's measures as people read them: a table with intervals, and the calibration table.
std::string ClassificationTable(const ClassificationReport& report);

// The same for programs, as a JSON object.
std::string ClassificationJson(const ClassificationReport& report);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_
