#ifndef TIDEWRIGHT_HOST_TRAIN_HAZARD_EVALUATE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_HAZARD_EVALUATE_JOB_H_

#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/data/table_profile.h"
#include "host/train/hazard_quality.h"
#include "host/train/requirement.h"
#include "host/train/segments.h"

namespace tidewright {

// How good a hazard model is on the customers of a log, as of a date.
struct HazardEvaluateRequest {
  std::string artifact;
  std::string data;
  std::string at;
  std::vector<Requirement> requirements;
  std::string by;  // cohort, tenure and columns, with commas: judge their groups
};

struct HazardEvaluation {
  std::string label_name;
  bool on_training_data = false;  // what is said is then no estimate of anything new
  HazardQuality quality;
  std::vector<ColumnDrift> drift;  // since the training, by falling index
  GroupReport groups;         // of each of `by`: who left within `groups_period`, the last judged
  std::string groups_period;  // "90d"
  std::vector<std::string> unmet;  // "auc@30d is 0.64, required >= .7"
};

// Throws UsageError where the artifact is no hazard model, the data is no event log, or a
// requirement is of another kind of model; DataError as JudgeLeaving.
HazardEvaluation EvaluateHazard(const HazardEvaluateRequest& request, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_HAZARD_EVALUATE_JOB_H_
