#include <memory>
#include <vector>

#include "host/core/parallel.h"
#include "host/ials/half_solver.h"
#include "host/ials/row_solver.h"

namespace tidewright {
namespace {

class CholeskyHalfSolver : public IalsHalfSolver {
 public:
  void Begin(const IalsRowProblem& problem) override {
    problem_ = problem;
    rows_.resize(static_cast<size_t>(NumThreads()));
  }

  IalsRowResult Solve(int64_t begin, int64_t end, int thread, float* x) override {
    std::unique_ptr<IalsRowSolver>& solver = rows_[thread];
    if (!solver) solver = std::make_unique<IalsRowSolver>(problem_.factors);
    IalsRowResult sum;
    for (int64_t row = begin; row < end; ++row) {
      sum.Add(solver->Solve(problem_, row, x + (row - begin) * problem_.factors));
    }
    return sum;
  }

 private:
  IalsRowProblem problem_;
  std::vector<std::unique_ptr<IalsRowSolver>> rows_;
};

}  // namespace

std::unique_ptr<IalsHalfSolver> MakeCholeskyHalfSolver(const IalsConfig&) {
  return std::make_unique<CholeskyHalfSolver>();
}

}  // namespace tidewright
