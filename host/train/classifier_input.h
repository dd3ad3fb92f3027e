#ifndef TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_INPUT_H_
#define TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_INPUT_H_

#include <string>

#include "host/core/progress.h"
#include "host/data/feature_table.h"
#include "host/model/artifact.h"

namespace tidewright {

// The columns that a classifier reads, from the table at `data`. Notes what is passed over or not
// known. Throws UsageError where `artifact`, read from `directory`, is no classifier, and DataError
// where the table lacks a column of the model or has it in another kind.
FeatureTable ReadMatched(const Artifact& artifact, const std::string& directory,
                         const std::string& data, Progress& progress);

// MatchTable, with the same notes.
FeatureTable MatchWithNotes(const FeatureSpec& spec, FeatureTable table, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_INPUT_H_
