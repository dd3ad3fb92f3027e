#ifndef TIDEWRIGHT_HOST_MODEL_STATE_H_
#define TIDEWRIGHT_HOST_MODEL_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/core/aligned.h"
#include "host/model/model.h"

namespace tidewright {

// What a solver needs to go on where it stopped, to the same bytes: named numbers, named arrays and
// a model, nothing else, so that a checkpoint is one safetensors file whatever the algorithm.
struct State {
  std::map<std::string, int64_t> integers;
  std::map<std::string, double> numbers;  // stored bit for bit
  std::map<std::string, AlignedVector<float>> floats;
  std::map<std::string, std::vector<double>> doubles;
  std::optional<Model> model;  // as far as it has come, where that is what the solver goes on from
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_STATE_H_
