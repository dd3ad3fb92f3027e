#ifndef TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_INPUT_H_
#define TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_INPUT_H_

#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/data/feature_table.h"
#include "host/features/departures.h"
#include "host/model/artifact.h"
#include "host/train/segments.h"

namespace tidewright {

// The data a classifier is asked about.
struct ClassifierData {
  std::string path;                  // a table, or an event log for a model that was trained on one
  std::string at;                    // of a log: the cutoff, a date or "latest"
  bool labelled = false;             // of a log: with labels
  std::vector<std::string> by = {};  // what `segments` is to be of
  std::vector<Segmentation>* segments = nullptr;  // may be null
  std::string customer = {};                      // whose last visits `last_visits` is to tell of
  std::string* last_visits = nullptr;             // of a log: LastVisitsText; may be null
  std::vector<Departure>* departures = nullptr;   // of a log: when the customers left; may be null
  int64_t* cutoff = nullptr;                      // of a log: the time that `at` says; may be null
  bool of_training = false;  // `path` is the training's own: DataError where it has changed since
};

// Whether `path` is a log that the artifact's pipeline makes a table of, and no table itself.
// Throws UsageError where `artifact`, read from `directory`, is no classifier, or `at` does not
// apply.
bool IsLogForPipeline(const Artifact& artifact, const std::string& directory,
                      const std::string& path, const std::string& at);

// The table, or what the artifact's pipeline makes of the log; not yet matched. `trained_on` (may
// be null): whether the model was trained on it. Throws UsageError where `artifact`, read from
// `directory`, is no classifier, or `at` is missing or does not apply.
FeatureTable ReadForClassifier(const Artifact& artifact, const std::string& directory,
                               const ClassifierData& data, bool* trained_on, Progress& progress);

// The columns that a classifier reads, from `data`. Notes what is passed over or not
// known. Throws UsageError where `artifact`, read from `directory`, is no classifier, and DataError
// where the table lacks a column of the model or has it in another kind.
FeatureTable ReadMatched(const Artifact& artifact, const std::string& directory,
                         const ClassifierData& data, bool* trained_on, Progress& progress);

// The file that the artifact in `directory` was trained on, for an option --data that was not
// given. Throws UsageError where it is not known or no longer there.
std::string TrainingFile(const std::string& directory);
// Throws DataError where `fingerprint` is not the `expected` one of the training's file at `path`.
void CheckUnchanged(const std::string& path, const std::string& fingerprint,
                    const std::string& expected);

// The warning of drift: columns of `rows` rows of the data at `path`, by falling index.
void WarnOfDrift(const std::vector<ColumnDrift>& drift, int64_t rows, const std::string& path,
                 Progress& progress);

// Warns, naming the columns, where a table is distributed otherwise than the one that the model was
// trained on. The index of every column, by falling value; empty where the artifact has no profile.
std::vector<ColumnDrift> DriftOf(const Artifact& artifact, const FeatureTable& matched,
                                 Progress& progress);

// What matching the data at `path` has passed over.
void NoteMatch(const MatchReport& report, const std::string& path, Progress& progress);

// MatchTable, with the same notes.
FeatureTable MatchWithNotes(const FeatureSpec& spec, FeatureTable table, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_INPUT_H_
