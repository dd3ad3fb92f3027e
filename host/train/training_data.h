#ifndef TIDEWRIGHT_HOST_TRAIN_TRAINING_DATA_H_
#define TIDEWRIGHT_HOST_TRAIN_TRAINING_DATA_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/ids.h"
#include "host/core/progress.h"
#include "host/data/dataset.h"
#include "host/data/split.h"
#include "host/train/train_job.h"

namespace tidewright {

// A file made ready to train on; the decoded columns are gone by then.
struct TrainingData {
  Csr train;
  IdTable users;  // a row of `train` each
  IdTable items;
  std::optional<IdTable> item_names;
  EvalSet validation;
  SplitSpec split;
  SplitSpec validation_split;
  std::vector<std::pair<std::string, float>> signals;  // every signal of the log, as weighted
  std::string layout;
  std::string fingerprint;
  int64_t begin = 0;  // of the training events, microseconds; 0 and 0 without times
  int64_t end = 0;
  int64_t decoded_bytes = 0;
};

// Notes what was read, how signals count, what the split keeps back and what was dropped.
TrainingData PrepareTraining(const TrainRequest& request, uint64_t seed, Progress& progress);

// One line on a part kept back ("validation", "test"): whom it judges, what was left out and why.
void NoteEvalSet(const std::string& part, const SplitSpec& split, const EvalSet& set,
                 Progress& progress);

// "purchase=1" -> name and weight. Throws UsageError.
SignalWeight ParseSignal(const std::string& text);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_TRAINING_DATA_H_
