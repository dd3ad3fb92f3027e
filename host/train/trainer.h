#ifndef TIDEWRIGHT_HOST_TRAIN_TRAINER_H_
#define TIDEWRIGHT_HOST_TRAIN_TRAINER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/model/solver.h"

namespace tidewright {

struct TrainerOptions {
  int epochs = 16;
  int patience = 0;  // epochs without a better validation metric before stopping; 0, or no
                     // validation: run them all
  double checkpoint_seconds = 300;  // between checkpoints; one is always written when stopped
  std::string work_directory;       // DIR.partial/: metrics.jsonl, checkpoint.safetensors; empty:
                                    // nothing is written
  bool resume = false;              // continue from the checkpoint there
  // What is trained on what: a hash of data, configuration and split, or lines "name=value" of
  // them. A checkpoint of another problem is refused, naming the lines that differ.
  std::string problem;
  std::string metric_name;         // "ndcg@20"; empty without validation
  bool smaller_is_better = false;  // of that metric
};

enum class TrainStatus { kDone, kPreempted, kDiverged };

struct TrainOutcome {
  TrainStatus status = TrainStatus::kDone;
  std::optional<Model> model;  // of the best epoch with validation, else of the last
  int epochs = 0;              // finished
  int best_epoch = 0;
  double loss = 0;  // of best_epoch
  std::optional<double> best_validation;
  std::vector<double> epoch_seconds;
};

// Runs a solver: progress, early stopping, the best epoch, checkpoints, signals. Knows no
// algorithm. metrics.jsonl gets one line an epoch (epoch, loss, metric; no times, so that two runs
// write the same bytes). Stopped at any moment and resumed,
// a run ends with the model and the metrics.jsonl of one that was not stopped. Throws UsageError (a
// checkpoint of another problem), DataError (a damaged checkpoint), IoError.
TrainOutcome Train(Solver& solver, const TrainerOptions& options, const StopFlag& stop,
                   Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_TRAINER_H_
