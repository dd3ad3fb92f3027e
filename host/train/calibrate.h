#ifndef TIDEWRIGHT_HOST_TRAIN_CALIBRATE_H_
#define TIDEWRIGHT_HOST_TRAIN_CALIBRATE_H_

#include <string>
#include <vector>

#include "host/data/feature_table.h"
#include "host/metrics/classification.h"
#include "host/model/artifact.h"

namespace tidewright {

// What calibration learns from: the rows of each repeat of a cross-validation, all of one table in
// its order, each scored by a model that was not trained on it.
using OutOfFoldRows = std::vector<ScoredRows>;

// "auto", "none", "platt", "isotonic", "beta": what --calibrate takes.
std::vector<std::string> CalibrationChoices();

// The rows of each repeat, calibrated by what the method makes of the other folds' customers (the
// folds of the first repeat). Empty where a fold's part gives no calibrator.
OutOfFoldRows CrossFitCalibration(CalibrationMethod method, const OutOfFoldRows& rows);

// Fits each method of `choice` to all rows, judges it on `holdout` (none of `rows`; null: by
// cross-fitting), and keeps the one of the lowest log loss
// among those that improve both log loss and Brier score. `judged_by` says what `holdout` is.
CalibrationRecord DecideCalibration(const std::string& choice, const OutOfFoldRows& rows,
                                    const ScoredRows* holdout, const std::string& judged_by);

// What an artifact says of a table's rows: its model's probabilities, calibrated where it holds a
// calibrator.
std::vector<double> Probabilities(const Artifact& artifact, const FeatureTable& table);
ScoredRows ScoreRows(const Artifact& artifact, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CALIBRATE_H_
