#include <algorithm>
#include <memory>
#include <vector>

#include "host/core/parallel.h"
#include "host/ials/dual_rows.h"
#include "host/ials/half_solver.h"
#include "host/ials/row_solver.h"

namespace tidewright {
namespace {

// Every row exactly: short ones through the dual system where that pays, the others through their
// f x f equations.
class CholeskyHalfSolver : public IalsHalfSolver {
 public:
  void Begin(const IalsRowProblem& problem) override {
    problem_ = problem;
    spaces_.resize(static_cast<size_t>(NumThreads()));
    // The scale that a workspace keeps is of the last half's spectrum.
    for (Space& space : spaces_) {
      if (space.dual) space.dual->column_regularization = -1;
    }
    dual_.reset();
    if (DualRows::Pays(problem.rows, problem.factors)) dual_ = std::make_unique<DualRows>(problem);
  }

  IalsRowResult Solve(int64_t begin, int64_t end, int thread, float* x) override {
    const int64_t f = problem_.factors;
    Space& space = spaces_[thread];
    IalsRowResult sum;
    int64_t slots = 0;
    int64_t rows[kIalsBlockRows];
    for (int64_t row = begin; row < end; ++row) {
      const CsrView& all = problem_.rows;
      const float* values = all.values + all.offsets[row];
      const int64_t entries = all.offsets[row + 1] - all.offsets[row];
      if (std::none_of(values, values + entries, [](float value) { return value > 0; })) {
        // b = 0, so x = 0 whatever A is.
        std::fill_n(x + (row - begin) * f, f, 0.0f);
      } else if (dual_ && DualRows::Takes(entries, f) && dual_->CanSolve(row)) {
        if (!space.dual) space.dual = std::make_unique<DualRows::Workspace>(f);
        sum.Add(dual_->SolveRotated(row, slots, space.dual.get()));
        rows[slots++] = row - begin;
      } else {
        if (!space.primal) space.primal = std::make_unique<IalsRowSolver>(f);
        sum.Add(space.primal->Solve(problem_, row, x + (row - begin) * f));
      }
    }
    if (slots > 0) {
      dual_->RotateBack(slots, space.dual.get());
      for (int64_t slot = 0; slot < slots; ++slot) {
        std::copy_n(space.dual->block.data() + slot * f, f, x + rows[slot] * f);
      }
    }
    return sum;
  }

 private:
  struct Space {
    std::unique_ptr<IalsRowSolver> primal;
    std::unique_ptr<DualRows::Workspace> dual;
  };

  IalsRowProblem problem_;
  std::unique_ptr<DualRows> dual_;
  std::vector<Space> spaces_;
};

}  // namespace

std::unique_ptr<IalsHalfSolver> MakeCholeskyHalfSolver(const IalsConfig&) {
  return std::make_unique<CholeskyHalfSolver>();
}

}  // namespace tidewright
