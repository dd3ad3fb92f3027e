#ifndef TIDEWRIGHT_CUDA_IALS_ROW_ENGINE_H_
#define TIDEWRIGHT_CUDA_IALS_ROW_ENGINE_H_

#include <cstdint>

#include "cuda/core/device_buffer.h"
#include "cuda/ials/half_engine.h"
#include "cuda/ials/row_launch.h"

namespace tidewright {

// The direct solver: each row's system is formed and factored, by one block or from the parts that
// several blocks leave. Owns the workspace of parts.
class RowEngine : public HalfEngine {
 public:
  RowEngine(const DeviceContext& context, const IalsConfig& config);

  void Reserve(const DeviceRows& rows) override;
  void Fix(const void* table, const float* gramian) override;
  void SolveBatch(const DeviceRows& rows, const RowBatch& batch,
                  const SolvedSide& side) const override;
  void FoldInBatch(const DeviceRows& rows, const RowBatch& batch,
                   const SolvedSide& side) const override;
  bool StartsWarm() const override { return false; }

  // How rows are binned where a device has room to solve short ones whole.
  static RowBinLimits LimitsOf(int64_t factors);
  // Slots of the workspace for a matrix of these shapes at most, and the bytes of one.
  static int64_t MaxParts(int64_t factors);
  static int64_t PartBytes(int64_t factors);

 private:
  PartialSums Sums() const;
  void Solve(const RowKernels& kernels, const DeviceRows& rows, const RowBatch& batch,
             const SolvedSide& side) const;

  const RowKernels& kernels_;
  RowPlacement placement_;
  DeviceBuffer<float> packed_gramian_;  // tiles
  int64_t slots_ = 0;
  mutable DeviceBuffer<float> part_tiles_;
  mutable DeviceBuffer<float> part_right_;
  mutable DeviceBuffer<double> part_squares_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ROW_ENGINE_H_
