#ifndef TIDEWRIGHT_HOST_TRAIN_CROSS_VALIDATION_H_
#define TIDEWRIGHT_HOST_TRAIN_CROSS_VALIDATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/metrics/classification.h"
#include "host/train/classifiers.h"
#include "host/train/sample_negatives.h"
#include "host/train/trainer.h"

namespace tidewright {

// What watching customers who are kept back is told by. Throws UsageError for a measure that is
// none of probabilities, and for a patience where nobody is kept back.
void CheckWatching(double validate, const std::string& metric, int64_t patience);

// How one model is fitted to a table: what of it is kept back to stop by, if anything.
struct FitOptions {
  double validate = 0;  // share of the groups
  std::string validate_metric = "log_loss";
  double sample_negatives = 1;  // share of the training rows of label 0
  uint64_t seed = 1;
  const Model* start = nullptr;
  TrainerOptions trainer;  // metric_name and smaller_is_better are set here
};

// A table in two: what trains, and what is watched (no rows where nothing is kept back).
struct KeptBack {
  FeatureTable train;  // sampled, where the options say so
  FeatureTable watched;
  std::vector<int64_t> unwatched;  // the table's other rows; empty where none is watched
  std::optional<NegativeSampling> sampling;
};
KeptBack KeepBack(FeatureTable table, const FitOptions& options);

// Takes parts.train over. The outcome's model means the prior that the table had before sampling;
// metrics and the loss of its epochs are those of the sampled rows.
TrainOutcome FitClassifier(const Classifier& classifier, const Backend& backend, KeptBack* parts,
                           const FitOptions& options, const StopFlag& stop, Progress& progress);

// Every row scored by the model of a fold that it was not trained on: the held-out rows of all
// folds, in the order of the table, for one repeat. Nothing where `stop` ended it.
std::optional<ScoredRows> CrossValidate(const Classifier& classifier, const Backend& backend,
                                        const FeatureTable& table, int folds, int repeat,
                                        const FitOptions& options, const StopFlag& stop,
                                        Progress& progress);

// The mean over reports of each measure and of its interval's ends; counts, calibration and curves
// are the first one's.
ClassificationReport MeanReport(const std::vector<ClassificationReport>& reports);

// A table's rows as a model scores them.
ScoredRows ScoreRows(const Model& model, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CROSS_VALIDATION_H_
