#ifndef TIDEWRIGHT_HOST_TRAIN_REQUIRE_H_
#define TIDEWRIGHT_HOST_TRAIN_REQUIRE_H_

#include <string>

#include "host/backend/backend.h"
#include "host/core/errors.h"

namespace tidewright {

// `function`, one of the backend's; DeviceError where it has none for the algorithm.
template <class Function>
Function Require(Function function, const Backend& backend, const std::string& algorithm) {
  if (function == nullptr) {
    throw DeviceError(backend.name + " does not have " + algorithm + "; use --device cpu");
  }
  return function;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_REQUIRE_H_
