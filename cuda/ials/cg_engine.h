#ifndef TIDEWRIGHT_CUDA_IALS_CG_ENGINE_H_
#define TIDEWRIGHT_CUDA_IALS_CG_ENGINE_H_

#include <cstdint>

#include "cuda/core/device_buffer.h"
#include "cuda/ials/cg_problem.h"
#include "cuda/ials/half_engine.h"

namespace tidewright {

// The twin of MakeCgHalfSolver: config.cg_steps of conjugate gradients a row. p G of a batch of
// rows is one product; the entries are gathered once for the residual and once a step. What a row
// needs from step to step stays on the device, and the host waits for nothing.
class CgEngine : public HalfEngine {
 public:
  // The factors lie in blocks of `block`, which are nothing to this solver.
  CgEngine(const DeviceContext& context, const IalsConfig& config, int64_t block);

  void Reserve(const DeviceRows& rows) override;
  void SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                  const SolvedSide& side) const override;
  void FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                   const SolvedSide& side) const override;
  bool ManyLaunches() const override { return true; }

  // How rows are binned, and the bytes of the workspace for batches of so many rows and slots.
  static RowBinLimits LimitsOf(int64_t padded);
  static int64_t WorkspaceBytes(int64_t padded, int64_t places, int64_t slots);

 private:
  void Run(const DeviceRows& rows, const RowBatch& batch, const SolvedSide& side, int64_t steps,
           bool from_zero) const;

  mutable DeviceBuffer<float> direction_;
  mutable DeviceBuffer<float> product_;
  mutable DeviceBuffer<float> residual_;
  mutable DeviceBuffer<CgState> state_;
  mutable DeviceBuffer<float> sums_;
  mutable DeviceBuffer<double> energy_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_CG_ENGINE_H_
