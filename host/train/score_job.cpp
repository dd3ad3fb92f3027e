#include "host/train/score_job.h"

#include <charconv>
#include <utility>
#include <variant>

#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/data/feature_table.h"
#include "host/data/hdf5/scores_file.h"
#include "host/data/hdf5/table_file.h"
#include "host/hazard/hazard.h"
#include "host/model/artifact.h"
#include "host/train/bgnbd_customers.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"

namespace tidewright {
namespace {

void AppendNumber(const std::string& name, double value, std::string* line) {
  char number[32];
  const auto end = std::to_chars(number, number + sizeof(number), value);
  *line += ",\"" + name + "\":";
  line->append(number, end.ptr);
}

// Of the last period, and beside it of each.
void ScorePeriods(const HazardModel& model, const FeatureTable& table, Scores* scores) {
  std::vector<std::vector<double>> leaving = LeavingProbabilities(model, table);
  scores->probability = leaving.back();
  for (size_t period = 0; period < leaving.size(); ++period) {
    scores->extra.push_back(
        {"leave_within_" + PeriodName(model.periods[period]), std::move(leaving[period])});
  }
}

}  // namespace

Scores RunScoreJob(const ScoreRequest& request, Progress& progress) {
  const Artifact artifact = LoadArtifact(request.artifact);
  if (std::holds_alternative<BgnbdModel>(artifact.model)) {
    const std::string within = request.within.empty() ? "30d" : request.within;
    return ScoreBgnbd(artifact, {request.artifact, request.data, request.at, within}, progress);
  }
  if (!request.within.empty()) {
    throw UsageError("--within " + request.within + ": " + request.artifact + " holds a " +
                     artifact.manifest.algorithm +
                     " model, whose horizon was set when it was trained; expected a bgnbd model");
  }
  FeatureTable table =
      ReadMatched(artifact, request.artifact, {request.data, request.at, false}, nullptr, progress);
  Scores scores;
  scores.label_name = artifact.manifest.features->label_name;
  if (const auto* hazard = std::get_if<HazardModel>(&artifact.model)) {
    ScorePeriods(*hazard, table, &scores);
  } else {
    scores.probability = Probabilities(artifact, table);
  }
  scores.cohort = PredictCohortRate(scores.probability, table.weight, artifact.manifest.seed);
  DriftOf(artifact, table, progress);
  scores.ids = table.ids.size() == table.rows ? std::move(table.ids) : IdTable::Range(table.rows);
  return scores;
}

void WriteScoreLines(const Scores& scores, const std::function<void(std::string_view)>& write) {
  std::string lines;
  for (int64_t row = 0; row < scores.ids.size(); ++row) {
    lines += "{\"id\":" + JsonQuoted(scores.ids[row]);
    AppendNumber("probability", scores.probability[static_cast<size_t>(row)], &lines);
    for (const ScoreColumn& column : scores.extra) {
      AppendNumber(column.name, column.values[static_cast<size_t>(row)], &lines);
    }
    lines += "}\n";
    if (lines.size() < kFlushBytes) continue;
    write(lines);
    lines.clear();
  }
  write(lines);
}

void WriteScoreFile(const Scores& scores, const std::string& path) {
  if (IsHdf5Name(path)) {
    std::vector<std::pair<std::string, const std::vector<double>*>> extra;
    for (const ScoreColumn& column : scores.extra) extra.emplace_back(column.name, &column.values);
    WriteScores(path, scores.label_name, scores.ids, scores.probability, extra);
    return;
  }
  PartialFile file(path);
  WriteScoreLines(scores, [&](std::string_view text) { file.Write(text); });
  file.Finish();
}

}  // namespace tidewright
