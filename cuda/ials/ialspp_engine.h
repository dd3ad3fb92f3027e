#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_ENGINE_H_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_ENGINE_H_

#include <cstdint>
#include <memory>

#include "cuda/core/device_buffer.h"
#include "cuda/ials/cg_engine.h"
#include "cuda/ials/half_engine.h"
#include "cuda/ials/ialspp_launch.h"
#include "cuda/ials/row_launch.h"

namespace tidewright {

// The twin of MakeIalsppHalfSolver: one sweep over blocks of factors a row. For each block x G of a
// batch of rows is one product; a row's block is gathered, summed on the tensor cores and solved as
// the direct solver does a whole row, in shared memory or, where it is too wide for that, in the
// workspace, and moves the predictions that are kept for each entry. Users are folded in by
// conjugate gradients.
class IalsppEngine : public HalfEngine {
 public:
  // Throws DeviceError where the device has no room to gather rows of a block.
  IalsppEngine(const DeviceContext& context, const IalsConfig& config);

  void Reserve(const DeviceRows& rows) override;
  void ReserveFoldIn(const DeviceRows& rows) override;
  void Fix(const void* table, const float* gramian) override;
  void SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                  const SolvedSide& side) const override;
  void FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                   const SolvedSide& side) const override;
  bool ManyLaunches() const override { return true; }

  // How rows are binned, and the bytes of the workspace for batches of these sizes.
  static RowBinLimits LimitsOf(const TableLayout& layout);
  static int64_t WorkspaceBytes(const TableLayout& layout, int64_t entries, int64_t places,
                                int64_t parts);

 private:
  IalsppProblem ProblemOfBlock(const IalsppProblem& whole, int block) const;
  PartialSums Sums() const;

  const IalsppKernels& kernels_;
  const int block_width_;  // padded
  const RowPlacement placement_;
  DeviceBuffer<float> blocks_;  // the Gramian's diagonal blocks, packed tiles
  mutable DeviceBuffer<float> x_;
  mutable DeviceBuffer<float> product_;
  mutable DeviceBuffer<float> move_;
  mutable DeviceBuffer<float> predictions_;  // of the entries of a batch
  mutable DeviceBuffer<float> part_tiles_;
  mutable DeviceBuffer<float> part_right_;
  mutable DeviceBuffer<double> part_squares_;
  std::unique_ptr<CgEngine> fold_in_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_ENGINE_H_
