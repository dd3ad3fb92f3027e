#ifndef TIDEWRIGHT_HOST_TRAIN_HAZARD_TRAIN_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_HAZARD_TRAIN_JOB_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/train/churn_tables.h"
#include "host/train/classifier_train_job.h"
#include "host/train/classifiers.h"
#include "host/train/hazard_quality.h"

namespace tidewright {

// From an event log to a hazard artifact: what `tidewright train hazard` is asked for. The trees
// bring their own configuration, that of gbdt.
struct HazardTrainRequest {
  std::string data;    // an event log with times
  std::string output;  // the artifact's directory
  std::string periods = "7,30,60,90";
  std::string device = "auto";
  double validate = 0;  // share of the customers kept back to watch while training
  std::string validate_metric = "log_loss";
  int64_t patience = 0;
  LogTableRequest log;  // without a gap; table_out is of the person-period data
  double checkpoint_seconds = 300;
  bool resume = false;
};
ConfigFields FieldsOf(HazardTrainRequest& request);
// What the model has beside the trees' own configuration.
ConfigFields HazardFields(HazardTrainRequest& request);
// Those of request.log that have a meaning here, and gap, which is refused.
ConfigFields HazardLogFields(HazardTrainRequest& request);

// gbdt's trees, to be configured.
std::unique_ptr<Classifier> HazardTrees();

struct HazardTrainReport {
  std::string artifact;
  int epochs = 0;
  int best_epoch = 0;
  double loss = 0;
  std::optional<double> best_validation;
  double seconds = 0;
  std::optional<HazardQuality> test;  // of the last of several cutoffs
  std::string test_name;
};

// Reads, expands, trains, judges, saves. Throws as RunClassifierTrainJob.
HazardTrainReport RunHazardTrainJob(const HazardTrainRequest& request, Classifier& trees,
                                    const StopFlag& stop, Progress& progress);

// What it would take; `rows` are those of the person-period data. Reads the log; writes nothing.
ClassifierEstimate EstimateHazardTrainJob(const HazardTrainRequest& request, Classifier& trees,
                                          Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_HAZARD_TRAIN_JOB_H_
