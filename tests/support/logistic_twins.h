#ifndef TIDEWRIGHT_TESTS_SUPPORT_LOGISTIC_TWINS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_LOGISTIC_TWINS_H_

#include <functional>
#include <memory>

#include "host/logistic/logistic.h"

namespace tidewright {

using MakeLogistic =
    std::function<std::unique_ptr<Solver>(const LogisticConfig& config, TableProblem problem)>;

// Trained until it has converged, with the epochs that took.
LinearModel TrainLogistic(const MakeLogistic& make, const LogisticConfig& config,
                          const FeatureTable& table, int64_t* epochs = nullptr);

// Expects the twin to end in the CPU twin's coefficients, to report its losses, and to go on from a
// saved state to the same bytes.
void ExpectLogisticTwins(const MakeLogistic& make, const LogisticConfig& config,
                         const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_LOGISTIC_TWINS_H_
