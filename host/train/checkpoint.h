#ifndef TIDEWRIGHT_HOST_TRAIN_CHECKPOINT_H_
#define TIDEWRIGHT_HOST_TRAIN_CHECKPOINT_H_

#include <optional>
#include <string>
#include <vector>

#include "host/model/model.h"
#include "host/model/state.h"

namespace tidewright {

inline constexpr char kCheckpointName[] = "checkpoint.safetensors";
inline constexpr char kTemporarySuffix[] = ".tmp";

// What a trainer knows beside its solver. Per finished epoch: loss, validation metric (NaN without
// one), seconds.
struct TrainerState {
  std::string problem;      // as TrainerOptions has it
  std::string metric_name;  // likewise
  std::vector<double> losses;
  std::vector<double> validations;
  std::vector<double> epoch_seconds;
  double partial_seconds = 0;  // spent on an epoch that is not finished
  int best_epoch = 0;          // 0: no epoch had a validation metric
  std::optional<Model> best;   // of best_epoch

  int finished() const { return static_cast<int>(losses.size()); }
};

// One safetensors file with a checksum, written beside the old one and renamed over it: there is
// always a whole checkpoint. Throws IoError.
void WriteCheckpoint(const std::string& path, const TrainerState& trainer, const State& solver);

// Throws IoError, DataError (damaged, or not a checkpoint).
void ReadCheckpoint(const std::string& path, TrainerState* trainer, State* solver);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CHECKPOINT_H_
