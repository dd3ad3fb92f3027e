#ifndef TIDEWRIGHT_HOST_GBDT_GBDT_SOLVER_H_
#define TIDEWRIGHT_HOST_GBDT_GBDT_SOLVER_H_

#include <functional>
#include <memory>

#include "host/gbdt/cpu_engine.h"
#include "host/gbdt/gbdt.h"

namespace tidewright {

// The solver, the same on every device but for the engine that `make_engine` makes.
std::unique_ptr<Solver> MakeGbdtSolver(
    const GbdtConfig& config, TableProblem problem,
    const std::function<std::unique_ptr<TreeEngine>(EngineInput)>& make_engine);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_GBDT_SOLVER_H_
