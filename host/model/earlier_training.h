#ifndef TIDEWRIGHT_HOST_MODEL_EARLIER_TRAINING_H_
#define TIDEWRIGHT_HOST_MODEL_EARLIER_TRAINING_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tidewright {

// What the models that a warm start went on from, one after the other, had learned from: a later
// judgement must know of it as of the model's own training.
struct EarlierTraining {
  std::vector<std::string> fingerprints;  // of tables, and of the logs they were made of; sorted
  std::vector<int64_t> cutoffs;           // rising; microseconds
};

// As JSON in one line, and back. Throws DataError naming `path`.
std::string EarlierTrainingText(const EarlierTraining& training);
EarlierTraining ParseEarlierTraining(const std::string& json, const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_EARLIER_TRAINING_H_
