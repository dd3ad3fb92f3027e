#ifndef TIDEWRIGHT_CUDA_IALS_PHASE_COSTS_H_
#define TIDEWRIGHT_CUDA_IALS_PHASE_COSTS_H_

#include <cstdint>

#include "host/ials/factor_storage.h"
#include "host/ials/ials.h"
#include "host/model/solver.h"

namespace tidewright {

// What each phase of a solver computes and moves for so many rows and their entries: of an epoch
// for the estimate, of a batch where kernels are timed.
struct SolvedWork {
  SolvedWork(const IalsConfig& config, int64_t solved_rows, int64_t solved_entries)
      : f(static_cast<double>(config.factors)),
        number(static_cast<double>(BytesOf(StorageOf(config)))),
        rows(static_cast<double>(solved_rows)),
        entries(static_cast<double>(solved_entries)),
        product(config.precision == "tf32" ? "tf32" : "fp32"),
        solve(config.precision == "tf32" ? "tf32x3" : "fp32") {}

  double gathered() const { return entries * (number * f + 8); }

  double f;
  double number;  // bytes of a stored one
  double rows;
  double entries;
  const char* product;
  const char* solve;  // a factorization's products are three TF32 ones each
};

inline CostPhase Times(double times, CostPhase phase) {
  phase.flops *= times;
  phase.bytes *= times;
  return phase;
}

// Of the side that is fixed.
inline CostPhase GramianCost(const SolvedWork& w) {
  return {"gramian", 2 * w.rows * w.f * w.f, w.rows * 4 * w.f, "fp32"};
}

inline CostPhase CholeskyGatherCost(const SolvedWork& w) {
  return {"gather", w.entries * w.f * (w.f + 1), w.gathered(), w.product};
}
inline CostPhase CholeskySolveCost(const SolvedWork& w) {
  return {"solve", w.rows * (w.f * w.f * w.f / 3 + 2 * w.f * w.f), w.rows * 4 * w.f, w.solve};
}

// Of one pass; the residual is a pass like a step's.
inline CostPhase CgGatherCost(const SolvedWork& w) {
  return {"gather", w.entries * 4 * w.f, w.gathered(), "fp32"};
}
inline CostPhase CgUpdateCost(const SolvedWork& w) {
  return {"update", w.rows * 10 * w.f, w.rows * 24 * w.f, "fp32"};
}

// Of one product of all rows with the Gramian: a step of cg, a whole sweep of ialspp.
inline CostPhase ProductCost(const SolvedWork& w) {
  return {"product", 2 * w.rows * w.f * w.f, w.rows * 8 * w.f, w.product};
}

// Of a sweep over blocks of `b`.
inline CostPhase IalsppPredictCost(const SolvedWork& w) {
  return {"predict", w.entries * 2 * w.f, w.gathered(), "fp32"};
}
// A block is gathered once more for the predictions, but from the second cache.
inline CostPhase IalsppGatherCost(const SolvedWork& w, double b) {
  return {"gather", w.entries * w.f * (b + 1), w.entries * (w.number * w.f + 16 * w.f / b),
          w.product};
}
inline CostPhase IalsppSolveCost(const SolvedWork& w, double b) {
  return {"solve", w.rows * w.f * (b * b / 3 + 2 * b), w.rows * 12 * w.f, w.solve};
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_PHASE_COSTS_H_
