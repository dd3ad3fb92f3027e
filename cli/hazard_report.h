#ifndef TIDEWRIGHT_CLI_HAZARD_REPORT_H_
#define TIDEWRIGHT_CLI_HAZARD_REPORT_H_

#include <string>

#include "host/train/hazard_evaluate_job.h"

namespace tidewright {

// How a hazard model was judged, as a table and as JSON.

// A line for each period, then the integrated Brier score.
std::string HazardQualityTable(const HazardQuality& quality);
std::string HazardTable(const HazardEvaluation& evaluation);
std::string HazardJson(const HazardEvaluateRequest& request, const HazardEvaluation& evaluation);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_HAZARD_REPORT_H_
