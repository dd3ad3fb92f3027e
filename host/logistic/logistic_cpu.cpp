#include <algorithm>
#include <memory>
#include <utility>

#include "host/core/parallel.h"
#include "host/logistic/logistic.h"
#include "host/logistic/logistic_solver.h"
#include "host/logistic/logistic_table.h"

namespace tidewright {

ConfigFields FieldsOf(LogisticConfig& config) {
  return {
      {"epochs", &config.epochs, "iterations at most", 1, 1000000, {}},
      {"l1", &config.l1, "weight of the coefficients' absolute values", 0, 1e6, {}},
      {"l2", &config.l2, "half the weight of the squared coefficients", 0, 1e6, {}},
      {"tolerance",
       &config.tolerance,
       "training ends where no component of the gradient is larger",
       0,
       1,
       {}},
      {"memory", &config.memory, "earlier steps that L-BFGS keeps", 1, 1000, {}},
      {"scale-pos-weight",
       &config.scale_pos_weight,
       "how many times a row of label 1 counts",
       1e-6,
       1e6,
       {}},
      {"path",
       &config.path,
       "penalties to choose from by cross-validation within the training rows; 0: none",
       0,
       1000,
       {}},
      {"path-penalty", &config.path_penalty, "the penalty that --path chooses", 0, 0, {"l1", "l2"}},
      {"path-rule",
       &config.path_rule,
       "which of them --path takes: the strongest within one standard error, or the best",
       0,
       0,
       {"one-standard-error", "best"}},
      {"path-folds", &config.path_folds, "folds of --path", 2, 1000, {}},
      {"seed", &config.seed, "of the rows kept back and of the folds", 0, 9007199254740991.0, {}},
  };
}

std::unique_ptr<Solver> MakeLogisticCpu(const LogisticConfig& config, TableProblem problem) {
  LinearModel start = StartingModel(config, problem);
  auto objective = std::make_unique<LogisticTable>(
      start, config.l2, EncodeTable(start, config.scale_pos_weight, std::move(problem.train)));
  return MakeLogisticSolver(config, std::move(start), std::move(objective));
}

// As if every column were of numbers: a category column moves as many bytes and takes fewer flops.
CostEstimate EstimateLogisticCpu(const LogisticConfig& config, int64_t rows, int64_t columns) {
  const double n = static_cast<double>(rows);
  const double d = static_cast<double>(columns);
  const double m = static_cast<double>(config.memory);
  CostEstimate estimate;
  // Values are read once: the gradient finds a block's in the cache.
  estimate.Add({"margins", 2 * n * d, 4 * n * d});
  estimate.Add({"losses", 40 * n, 16 * n});
  estimate.Add({"gradient", 2 * n * d, 0});
  estimate.Add({"direction", 8 * m * d, 16 * m * d});
  const int64_t encoded = rows * (4 * columns + 16);
  const int64_t table = rows * (4 * columns + 4);
  estimate.host_bytes = encoded + table + 16 * columns * (2 * config.memory + 8) +
                        NumThreads() * 8 * BlockRows(columns);
  return estimate;
}

}  // namespace tidewright
