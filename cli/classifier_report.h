#ifndef TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_
#define TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/metrics/classification.h"

namespace tidewright {

// A classifier's measures as people read them: a table with intervals, and the calibration table.
std::string ClassificationTable(const ClassificationReport& report);

// The same for programs.
nlohmann::ordered_json ClassificationJson(const ClassificationReport& report);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_
