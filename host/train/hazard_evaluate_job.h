#ifndef TIDEWRIGHT_HOST_TRAIN_HAZARD_EVALUATE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_HAZARD_EVALUATE_JOB_H_

#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/data/table_profile.h"
#include "host/train/hazard_quality.h"
#include "host/train/requirement.h"

namespace tidewright {

// How good a hazard model is on the customers of a log, as of a date.
struct HazardEvaluateRequest {
  std::string artifact;
  std::string data;
  std::string at;
  std::vector<Requirement> requirements;
};

struct HazardEvaluation {
  std::string label_name;
  bool on_training_data = false;  // what is said is then no estimate of anything new
  HazardQuality quality;
  std::vector<ColumnDrift> drift;  // since the training, by falling index
  std::vector<std::string> unmet;  // "auc@30d is 0.64, required >= .7"
};

// Throws UsageError where the artifact is no hazard model, the data is no event log, or a
// requirement is of another kind of model; DataError as JudgeLeaving.
HazardEvaluation EvaluateHazard(const HazardEvaluateRequest& request, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_HAZARD_EVALUATE_JOB_H_
