#ifndef TIDEWRIGHT_CUDA_IALS_HALF_ENGINE_H_
#define TIDEWRIGHT_CUDA_IALS_HALF_ENGINE_H_

#include <cstdint>
#include <memory>

#include "cuda/ials/device_rows.h"
#include "cuda/ials/phase_costs.h"
#include "cuda/ials/row_problem.h"
#include "host/ials/ials.h"

namespace tidewright {

// The rows that a batch is made of, and where they end up. Each pointer is to where row 0 or entry
// 0 of the whole matrix is, or would be where only those of the batch are there.
struct SolvedSide {
  const int32_t* ids = nullptr;
  const float* values = nullptr;
  float* factors = nullptr;  // rows x padded
  double* share = nullptr;   // a row: what it adds to the objective
  bool penalty = false;      // lambda |x|^2 alone is its share
};

// How the rows of a half are solved on a device: one implementation for each --solver, the twin of
// IalsHalfSolver (host/ials/half_solver.h). Tables of factors have rows of padded() numbers, laid
// out as layout() says. Everything is enqueued on the context's stream, and what it does depends on
// the matrix and the configuration alone.
class HalfEngine {
 public:
  // The factors lie in blocks of `block`.
  HalfEngine(const DeviceContext& context, const IalsConfig& config, int64_t block);
  virtual ~HalfEngine() = default;
  HalfEngine(const HalfEngine&) = delete;
  HalfEngine& operator=(const HalfEngine&) = delete;

  // By which rows are binned; valid once the engine is made.
  const RowBinLimits& limits() const { return limits_; }
  const TableLayout& layout() const { return layout_; }
  int padded() const { return padded_; }

  // Makes room in the workspace for what `rows` needs; before anything is enqueued for it.
  virtual void Reserve(const DeviceRows& rows) = 0;
  // Fixes the table that rows are solved against, as it is stored, and its Gramian (padded() x
  // padded() floats); both outlive what is enqueued.
  virtual void Fix(const void* table, const float* gramian);
  // Solves one batch of `rows` against the fixed table; on entry the factors are those before the
  // half.
  virtual void SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                          const SolvedSide& side) const = 0;
  // The same for rows that have no factors yet, as exactly as a model's users are folded in.
  virtual void FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                           const SolvedSide& side) const = 0;
  // Makes room for FoldInBatch too.
  virtual void ReserveFoldIn(const DeviceRows& rows) { Reserve(rows); }
  // Whether a batch is so many launches that replaying them as a graph pays.
  virtual bool ManyLaunches() const { return false; }

  // Whether SolveBatch reads the factors as they are.
  virtual bool StartsWarm() const { return true; }

 protected:
  // What the kernels of every engine read; `gramian` is the engine's own.
  RowProblem ProblemOf(const DeviceRows& rows, const SolvedSide& side) const;

  // What solving a batch takes, for the clock of its kernels.
  SolvedWork WorkOf(const DeviceRows& rows, const RowBatch& batch) const;

  const DeviceContext& context_;
  const IalsConfig config_;
  const bool tf32_;
  const FactorStorage storage_;
  const IalsScalars scalars_;
  const int64_t factors_;
  const TableLayout layout_;
  const int padded_;
  RowBinLimits limits_;
  const void* fixed_ = nullptr;  // as it is stored
  const float* gramian_ = nullptr;
};

std::unique_ptr<HalfEngine> MakeHalfEngine(const DeviceContext& context, const IalsConfig& config);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_HALF_ENGINE_H_
