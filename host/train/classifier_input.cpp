#include "host/train/classifier_input.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "host/model/run_record.h"
#include "host/train/churn_tables.h"
#include "host/train/warm_start.h"

namespace tidewright {

void NoteMatch(const MatchReport& report, const std::string& path, Progress& progress) {
  if (!report.columns_ignored.empty()) {
    std::string names;
    for (const std::string& name : report.columns_ignored) {
      names += (names.empty() ? "" : ", ") + name;
    }
    progress.Note(path + ": the model does not read " + names);
  }
  if (report.unknown_categories > 0) {
    progress.Note(path + ": " + std::to_string(report.unknown_categories) +
                  " values of categories the model has not seen; taken as missing");
  }
}

FeatureTable MatchWithNotes(const FeatureSpec& spec, FeatureTable table, Progress& progress) {
  const std::string path = table.path;
  MatchReport report;
  FeatureTable matched = MatchTable(spec, std::move(table), &report);
  NoteMatch(report, path, progress);
  return matched;
}

std::string TrainingFile(const std::string& directory) {
  const std::string path = RunFact(directory, "data");
  if (path.empty()) {
    throw UsageError("--data is missing: the table or log that holds the customer");
  }
  if (!std::filesystem::exists(path)) {
    throw UsageError("--data is missing, and " + path + ", which " + directory +
                     " was trained on, is not there; expected the table or log that holds the "
                     "customer");
  }
  return path;
}

void CheckUnchanged(const std::string& path, const std::string& fingerprint,
                    const std::string& expected) {
  if (fingerprint == expected) return;
  throw DataError(path +
                  " is not what it was when the model was trained on it; give --data and the table "
                  "or log that holds the customer");
}

bool IsLogForPipeline(const Artifact& artifact, const std::string& directory,
                      const std::string& path, const std::string& at) {
  FeaturesOf(artifact, directory);
  const bool has_pipeline = artifact.manifest.pipeline.has_value();
  if (has_pipeline && !IsFeatureTable(path)) return true;
  if (at.empty()) return false;
  throw UsageError("--at " + at + ": " +
                   (has_pipeline ? path + " is a feature table; expected an event log"
                                 : directory + " was trained on a feature table; expected "
                                               "a model trained on an event log"));
}

FeatureTable ReadForClassifier(const Artifact& artifact, const std::string& directory,
                               const ClassifierData& data, bool* trained_on, Progress& progress) {
  const Manifest& manifest = artifact.manifest;
  if (IsLogForPipeline(artifact, directory, data.path, data.at)) {
    return ReplayPipeline(artifact, data, trained_on, progress);
  }
  FeatureTable table = ReadFeatureTable(data.path);
  if (data.of_training) CheckUnchanged(data.path, table.fingerprint, manifest.data_fingerprint);
  if (trained_on != nullptr) *trained_on = HasLearnedFrom(manifest, table.fingerprint);
  if (data.segments != nullptr) *data.segments = SegmentsOfTable(table, data.by);
  return table;
}

void WarnOfDrift(const std::vector<ColumnDrift>& drift, int64_t rows, const std::string& path,
                 Progress& progress) {
  constexpr size_t kNamed = 5;
  std::string names;
  size_t strong = 0;
  while (strong < drift.size() && drift[strong].psi > kStrongDrift) {
    char index[32];
    std::snprintf(index, sizeof(index), " %.2f", drift[strong].psi);
    if (strong < kNamed) names += (names.empty() ? "" : ", ") + drift[strong].column + index;
    ++strong;
  }
  if (strong == 0 || rows < kDriftRows) return;
  progress.Warn(path + ": " + std::to_string(strong) + " of " + std::to_string(drift.size()) +
                " columns are distributed otherwise than in training (population stability index "
                "above 0.2): " +
                names + (strong > kNamed ? ", …" : "") + "; probabilities may be off");
}

std::vector<ColumnDrift> DriftOf(const Artifact& artifact, const FeatureTable& matched,
                                 Progress& progress) {
  if (!artifact.profile || matched.rows == 0) return {};
  std::vector<ColumnDrift> drift = PopulationStability(*artifact.profile, matched);
  WarnOfDrift(drift, matched.rows, matched.path, progress);
  return drift;
}

FeatureTable ReadMatched(const Artifact& artifact, const std::string& directory,
                         const ClassifierData& data, bool* trained_on, Progress& progress) {
  FeatureTable table = ReadForClassifier(artifact, directory, data, trained_on, progress);
  return MatchWithNotes(*artifact.manifest.features, std::move(table), progress);
}

}  // namespace tidewright
