#include "host/train/hazard_evaluate_job.h"

#include <variant>

#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/data/hdf5/table_file.h"
#include "host/hazard/hazard.h"
#include "host/model/artifact.h"
#include "host/train/classifier_input.h"

namespace tidewright {
namespace {

// Every customer is followed to the end of the period, so that each has left by then or not.
ScoredRows LeftWithin(const std::vector<double>& probability, int64_t period,
                      const std::vector<Departure>& departures) {
  ScoredRows rows;
  rows.probability = probability;
  for (const Departure& one : departures) {
    rows.label.push_back(one.left && one.time <= period ? 1.0f : 0.0f);
  }
  return rows;
}

}  // namespace

HazardEvaluation EvaluateHazard(const HazardEvaluateRequest& request, Progress& progress) {
  for (const Requirement& requirement : request.requirements) {
    if (IsSurvivalMetric(requirement.metric)) continue;
    throw UsageError("--require '" + requirement.text + "': " + requirement.metric +
                     " does not judge a hazard model; it has auc@30d and brier@30d of its periods, "
                     "and integrated_brier");
  }
  const Artifact artifact = LoadArtifact(request.artifact);
  const auto* model = std::get_if<HazardModel>(&artifact.model);
  if (model == nullptr) {
    throw UsageError(request.artifact + " holds a " + artifact.manifest.algorithm +
                     " model; expected one of tidewright train hazard");
  }
  if (IsFeatureTable(request.data)) {
    throw UsageError(request.data +
                     " is a feature table; expected an event log, which says when customers left");
  }
  std::vector<Departure> departures;
  ClassifierData data;
  data.path = request.data;
  data.at = request.at;
  data.departures = &departures;
  data.by = SplitAtCommas(request.by);
  std::vector<Segmentation> segments;
  data.segments = &segments;
  HazardEvaluation result;
  const FeatureTable table =
      ReadMatched(artifact, request.artifact, data, &result.on_training_data, progress);
  result.label_name = artifact.manifest.features->label_name;
  if (result.on_training_data) {
    progress.Note(request.data + " at " + request.at +
                  " is what the model was trained on: what follows is too good; judge it on "
                  "a later log, or train with --cutoffs");
  }
  try {
    const std::vector<std::vector<double>> leaving = LeavingProbabilities(*model, table);
    result.quality = JudgeLeaving(leaving, model->periods, departures);
    const size_t last = result.quality.periods.size() - 1;
    result.groups_period = result.quality.periods[last].period;
    result.groups =
        JudgeSegments(LeftWithin(leaving[last], model->periods[last], departures), segments);
  } catch (const DataError& error) {
    throw DataError(request.data + ": " + error.what());
  }
  result.drift = DriftOf(artifact, table, progress);
  for (const Requirement& requirement : request.requirements) {
    const double value = ValueOf(requirement, result.quality);
    if (!Holds(requirement, value)) result.unmet.push_back(UnmetText(requirement, value));
  }
  return result;
}

}  // namespace tidewright
