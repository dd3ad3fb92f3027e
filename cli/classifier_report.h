#ifndef TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_
#define TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_

#include <functional>
#include <string>
#include <vector>

#include "host/metrics/classification.h"
#include "host/model/calibrator.h"
#include "host/train/classifier_train_job.h"
#include "host/train/requirement.h"

namespace tidewright {

// A classifier's measures as people read them: a table with intervals, and the calibration table.
std::string ClassificationTable(const ClassificationReport& report);

// The same for programs, as a JSON object.
std::string ClassificationJson(const ClassificationReport& report);

// A JSON array: each requirement, the value that stands against it (of `value_of`), whether it
// holds.
std::string RequirementsJson(const std::vector<Requirement>& requirements,
                             const std::function<double(const Requirement&)>& value_of);

// "calibration: beta, judged by cross-fitting: log_loss 0.4122 -> 0.4100, …", or what did not help.
std::string CalibrationLines(const CalibrationRecord& record);

// What --dry-run prints.
std::string EstimateTable(const ClassifierEstimate& estimate);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_CLASSIFIER_REPORT_H_
