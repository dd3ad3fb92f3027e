#ifndef TIDEWRIGHT_HOST_LOGISTIC_PATH_H_
#define TIDEWRIGHT_HOST_LOGISTIC_PATH_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "host/core/stop_flag.h"
#include "host/data/feature_table.h"
#include "host/logistic/logistic.h"

namespace tidewright {

enum class PathPenalty { kL1, kL2 };  // which of the two changes; the other stays as configured

double& PenaltyOf(LogisticConfig& config, PathPenalty penalty);

// `count` (>= 2) values, falling, evenly spaced in their logarithm. L1: from the smallest that
// leaves no term in, which the table tells, down to a 10,000th of it. L2: from 10 to 1e-6, which
// standardised terms make the same for every table.
std::vector<double> PenaltyGrid(const LogisticConfig& config, PathPenalty penalty,
                                const FeatureTable& table, int count);

struct PathPoint {
  double penalty = 0;
  double log_loss = 0;        // of held-out rows, mean over folds
  double standard_error = 0;  // of that mean
  double terms = 0;           // with a coefficient other than 0, mean over folds
};

struct RegularizationPath {
  std::vector<PathPoint> points;  // in the order of the values asked for
  size_t best = 0;                // the lowest mean log loss
  // The largest penalty whose log loss is at most one standard error above the best (Breiman et
  // al. 1984; Hastie et al., The Elements of Statistical Learning, 7.10).
  size_t chosen = 0;
};

// Called after each value of each fold, in no particular order, by one thread at a time.
using PathProgress = std::function<void(int64_t done, int64_t of)>;

// Trains on all rows but those of each fold in turn, for falling penalties, each from the solution
// before; judges on the fold. `folds` is of AssignFolds. Empty points where `stop` was requested.
// The same result for any number of threads.
RegularizationPath CrossValidatePath(const LogisticConfig& config, PathPenalty penalty,
                                     const std::vector<double>& values, const FeatureTable& table,
                                     const std::vector<int32_t>& folds, const StopFlag& stop,
                                     const PathProgress& progress = nullptr);

struct PenaltyChoice {
  LogisticConfig config;    // with the penalty chosen
  RegularizationPath path;  // what was tried
};

// What config.path asks for, with folds of the table drawn from config.seed. Nothing where it asks
// for nothing, or where `stop` ended it.
std::optional<PenaltyChoice> ChoosePenalty(const LogisticConfig& config, const FeatureTable& table,
                                           const StopFlag& stop,
                                           const PathProgress& progress = nullptr);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_PATH_H_
