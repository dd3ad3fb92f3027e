#ifndef TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_SOLVER_H_
#define TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_SOLVER_H_

#include <memory>

#include "host/logistic/logistic.h"
#include "host/optim/lbfgs.h"

namespace tidewright {

// The terms a solver begins with: those of the table, with the coefficients of `problem.start`
// where there is one, and the intercept of the base rate where there is none. Throws DataError
// where `start` has other terms.
LinearModel StartingModel(const LogisticConfig& config, const TableProblem& problem);

// The solver of both twins: they differ in where the objective, a function of (coefficients,
// intercept), is evaluated. `start` has the terms and where to begin.
std::unique_ptr<Solver> MakeLogisticSolver(const LogisticConfig& config, LinearModel start,
                                           std::unique_ptr<SmoothObjective> objective);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_SOLVER_H_
