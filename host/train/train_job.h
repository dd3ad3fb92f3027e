#ifndef TIDEWRIGHT_HOST_TRAIN_TRAIN_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_TRAIN_JOB_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/core/clock.h"
#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/model/solver.h"
#include "host/train/algorithms.h"

namespace tidewright {

// From a file to an artifact: what `tidewright train` is asked for. The algorithm brings its own
// configuration.
struct TrainRequest {
  std::string data;    // HDF5
  std::string output;  // the artifact's directory
  std::string device = "auto";
  std::string split = "auto";     // of host/data/split.h; auto: the file's own /test, else none
  std::string validate = "none";  // a split, too, of what the first one leaves
  std::string validate_metric = "ndcg@20";
  int64_t patience = 0;
  std::vector<std::string> signals;  // "purchase=1"; what is not named has the file's weight
  std::string aggregate = "sum";
  std::string item_name;  // the column of /items that people know items by; empty: found by name
  double checkpoint_seconds = 300;
  bool no_history = false;
  bool resume = false;
};
ConfigFields FieldsOf(TrainRequest& request);

struct TrainReport {
  std::string artifact;
  int epochs = 0;
  int best_epoch = 0;
  double loss = 0;
  std::optional<double> best_validation;
  double seconds = 0;
  StageSeconds stages;
  std::string split;  // in force
};

// Reads, splits, trains, saves. Throws Error with ExitCode::kDiverged where the loss is no longer
// finite, kPreempted where `stop` ended it: the checkpoint is then in DIR.partial. Whatever is
// thrown, what stood at `output` still does.
TrainReport RunTrainJob(const TrainRequest& request, Algorithm& algorithm, const StopFlag& stop,
                        Progress& progress);

struct TrainEstimate {
  int64_t users = 0;
  int64_t items = 0;
  int64_t entries = 0;
  int64_t host_bytes = 0;  // resident at the peak
  int64_t device_bytes = 0;
  std::string placement;  // as in CostEstimate
  double flops_per_epoch = 0;
  double seconds_per_epoch = 0;  // from epochs of small problems of the same shape
  int64_t epochs = 0;
  int64_t sample = 1;  // the larger of the small problems is one part in so many
};

// What the same job would take. Reads the data; writes nothing.
TrainEstimate EstimateTrainJob(const TrainRequest& request, Algorithm& algorithm,
                               Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_TRAIN_JOB_H_
