#ifndef TIDEWRIGHT_HOST_TRAIN_WARM_START_H_
#define TIDEWRIGHT_HOST_TRAIN_WARM_START_H_

#include <cstdint>
#include <optional>
#include <string>

#include "host/core/progress.h"
#include "host/data/feature_table.h"
#include "host/model/artifact.h"

namespace tidewright {

// What a classifier has learned from: by its own training, and by that of the models which a warm
// start went on from. What it is judged by must not be among it.

// Whether it has learned from the table or the log of this fingerprint.
bool HasLearnedFrom(const Manifest& manifest, const std::string& fingerprint);

// The end of the last span that its labels looked at, in microseconds; nothing without a pipeline.
std::optional<int64_t> LabelsEnd(const Manifest& manifest);

// The artifact in `directory` to go on training from. `manifest` says what is to be trained from
// `data`, and with which factors; it gets what the artifact has learned from. Throws UsageError
// where the artifact is of another algorithm, of other columns, label, spans or signals, or where
// it has learned from what this training is to be judged by: rows that are kept back, or events
// after the cutoff that tests.
Artifact LoadWarmStart(const std::string& directory, const std::string& data,
                       const std::optional<FeatureFactors>& factors, Manifest* manifest);

// Warns where `test` is what the model of `manifest` learns from.
void WarnOfTest(const Manifest& manifest, const FeatureTable& test, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_WARM_START_H_
