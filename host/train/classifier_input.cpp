#include "host/train/classifier_input.h"

#include <utility>

#include "host/data/hdf5/table_file.h"

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

FeatureTable ReadMatched(const Artifact& artifact, const std::string& directory,
                         const std::string& data, Progress& progress) {
  const FeatureSpec& spec = FeaturesOf(artifact, directory);
  return MatchWithNotes(spec, ReadFeatureTable(data), progress);
}

}  // namespace tidewright
