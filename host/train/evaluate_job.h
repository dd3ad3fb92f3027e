#ifndef TIDEWRIGHT_HOST_TRAIN_EVALUATE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_EVALUATE_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/metrics/evaluate.h"
#include "host/train/requirement.h"

namespace tidewright {

// How good an artifact is on the part of the data that was kept from it.
struct EvaluateRequest {
  std::string artifact;
  std::string data;
  std::string device = "auto";
  std::string split;           // empty: the artifact's own
  std::string k = "10,20,50";  // cut-offs; those of the requirements come on top
  std::vector<Requirement> requirements;
};
ConfigFields FieldsOf(EvaluateRequest& request);

struct EvaluateReport {
  std::string algorithm;
  std::string split;
  RankingReport model;
  RankingReport popularity;        // the same users, every item by the number of users who have it
  std::vector<std::string> unmet;  // "recall@20 is 0.16, required >= .17"
};

// What can be refused without reading anything. Throws UsageError.
void CheckRequest(const EvaluateRequest& request);

// Re-applies the artifact's split, with its seed, signals and aggregation. Users and items of the
// data meet the model's by their ids; users the model has not seen are folded in. Throws UsageError
// where the data is not what the model was trained on and no split is named, or where the split
// leaves nothing to judge.
EvaluateReport RunEvaluateJob(const EvaluateRequest& request, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_EVALUATE_JOB_H_
