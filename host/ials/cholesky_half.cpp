#include <algorithm>
#include <memory>
#include <vector>

#include "host/core/parallel.h"
#include "host/ials/dual_rows.h"
#include "host/ials/half_solver.h"
#include "host/ials/positive_entries.h"
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
    if (DualRows::Pays(problem.rows, problem.factors) && IsFinite(problem)) {
      dual_ = std::make_unique<DualRows>(problem);
    }
  }

  IalsRowResult Solve(int64_t begin, int64_t end, int thread, float* x) override {
    const int64_t f = problem_.factors;
    Space& space = spaces_[thread];
    IalsRowResult sum;
    int64_t slots = 0;
    int64_t rows[kIalsBlockRows];
    for (int64_t row = begin; row < end; ++row) {
      if (dual_ && SolveByDual(row, slots, &space, &sum)) {
        rows[slots++] = row - begin;
      } else {
        if (!space.primal) space.primal = std::make_unique<IalsRowSolver>(f);
        sum.Add(space.primal->Solve(problem_, row, GatherAfter(row), x + (row - begin) * f));
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

  // What is gathered after row `row`: for the next one, by the way that it most likely goes.
  GatherAhead GatherAfter(int64_t row) const {
    const CsrView& rows = problem_.rows;
    if (++row == rows.rows) return {};
    const int64_t entries = rows.offsets[row + 1] - rows.offsets[row];
    return dual_ && DualRows::Takes(entries, problem_.factors)
               ? dual_->GatherOf(row)
               : IalsRowSolver::GatherOf(problem_, row);
  }

  // False where the row is for its own equations.
  bool SolveByDual(int64_t row, int64_t slot, Space* space, IalsRowResult* sum) {
    const CsrView& rows = problem_.rows;
    const int64_t entries = rows.offsets[row + 1] - rows.offsets[row];
    if (!DualRows::Takes(entries, problem_.factors) || !HasPositive(rows, row)) return false;
    const float regularization = IalsRowRegularization(problem_.scalars, entries, rows.cols);
    if (!dual_->CanSolve(regularization)) return false;
    if (!space->dual) space->dual = std::make_unique<DualRows::Workspace>(problem_.factors);
    sum->Add(dual_->SolveRotated(row, regularization, slot, GatherAfter(row), space->dual.get()));
    return true;
  }

  IalsRowProblem problem_;
  std::unique_ptr<DualRows> dual_;
  std::vector<Space> spaces_;
};

}  // namespace

std::unique_ptr<IalsHalfSolver> MakeCholeskyHalfSolver() {
  return std::make_unique<CholeskyHalfSolver>();
}

}  // namespace tidewright
