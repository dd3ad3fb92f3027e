#ifndef TIDEWRIGHT_HOST_MODEL_STATE_H_
#define TIDEWRIGHT_HOST_MODEL_STATE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/core/aligned.h"

namespace tidewright {

// What a solver needs to go on where it stopped, to the same bytes: named numbers and named arrays,
// nothing else, so that a checkpoint is one safetensors file whatever the algorithm.
struct State {
  std::map<std::string, int64_t> integers;
  std::map<std::string, double> numbers;  // stored bit for bit
  std::map<std::string, AlignedVector<float>> floats;
  std::map<std::string, std::vector<double>> doubles;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_STATE_H_
