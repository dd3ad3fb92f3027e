#include "host/train/classifier_input.h"

#include <utility>

#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "host/train/churn_tables.h"

namespace tidewright {

FeatureTable MatchWithNotes(const FeatureSpec& spec, FeatureTable table, Progress& progress) {
  const std::string path = table.path;
  MatchReport report;
  FeatureTable matched = MatchTable(spec, std::move(table), &report);
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
  return matched;
}

FeatureTable ReadForClassifier(const Artifact& artifact, const std::string& directory,
                               const ClassifierData& data, bool* trained_on, Progress& progress) {
  FeaturesOf(artifact, directory);
  const Manifest& manifest = artifact.manifest;
  if (manifest.pipeline && !IsFeatureTable(data.path)) {
    return ReplayPipeline(manifest, data, trained_on, progress);
  }
  if (!data.at.empty()) {
    throw UsageError("--at " + data.at + ": " +
                     (manifest.pipeline ? data.path + " is a feature table; expected an event log"
                                        : directory + " was trained on a feature table; expected "
                                                      "a model trained on an event log"));
  }
  FeatureTable table = ReadFeatureTable(data.path);
  if (trained_on != nullptr) *trained_on = table.fingerprint == manifest.data_fingerprint;
  return table;
}

FeatureTable ReadMatched(const Artifact& artifact, const std::string& directory,
                         const ClassifierData& data, bool* trained_on, Progress& progress) {
  FeatureTable table = ReadForClassifier(artifact, directory, data, trained_on, progress);
  return MatchWithNotes(*artifact.manifest.features, std::move(table), progress);
}

}  // namespace tidewright
