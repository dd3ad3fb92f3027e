#ifndef TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_TRAIN_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_TRAIN_JOB_H_

#include <cstdint>
#include <optional>
#include <string>

#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/metrics/classification.h"
#include "host/train/churn_tables.h"
#include "host/train/classifiers.h"

namespace tidewright {

// From a table, or an event log, to an artifact: what `tidewright train gbdt|logistic` is asked
// for. The classifier brings its own configuration.
struct ClassifierTrainRequest {
  std::string data;    // HDF5, the table schema or an event log
  std::string output;  // the artifact's directory
  std::string device = "auto";
  double validate = 0;  // share of the customers kept back to watch while training
  std::string validate_metric = "log_loss";
  int64_t patience = 0;
  int64_t cross_validate = 0;      // folds; 0: none
  int64_t repeats = 1;             // of the cross-validation, each with folds of its own
  std::string calibrate = "auto";  // a choice of calibrate.h; auto without folds: none
  double sample_negatives = 1;     // share of the rows of label 0 to train on
  LogTableRequest log;             // how a log becomes a table; as it is for a table
  std::string test;                // another table to judge the finished model by
  std::string warm_start;          // an artifact of the same algorithm and columns to go on from
  double checkpoint_seconds = 300;
  bool resume = false;
};
ConfigFields FieldsOf(ClassifierTrainRequest& request);

struct ClassifierTrainReport {
  std::string artifact;
  int epochs = 0;
  int best_epoch = 0;
  double loss = 0;
  std::optional<double> best_validation;
  double seconds = 0;
  // Of all repeats together: means over repeats of each measure and of its interval's ends. Where a
  // calibrator was kept, of the rows as it calibrates them, fitted to the other folds.
  std::optional<ClassificationReport> cross_validation;
  std::optional<CalibrationRecord> calibration;
  std::optional<NegativeSampling> sampling;
  std::optional<ClassificationReport> test;
  std::string test_name;  // the table, or the cutoff
};

// Reads, cross-validates, trains, judges, saves. Folds and the part kept back respect classes and
// groups. Throws Error with ExitCode::kDiverged or kPreempted as RunTrainJob does; a run that was
// stopped begins its cross-validation again, so that it ends with the same bytes.
ClassifierTrainReport RunClassifierTrainJob(const ClassifierTrainRequest& request,
                                            Classifier& classifier, const StopFlag& stop,
                                            Progress& progress);

struct ClassifierEstimate {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t host_bytes = 0;
  int64_t device_bytes = 0;
  double flops_per_epoch = 0;
  double bytes_per_epoch = 0;
  int64_t epochs = 0;
};

// What the same job would take, by its shapes. Reads the table; writes nothing.
ClassifierEstimate EstimateClassifierTrainJob(const ClassifierTrainRequest& request,
                                              Classifier& classifier, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_TRAIN_JOB_H_
