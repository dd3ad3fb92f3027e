#ifndef TIDEWRIGHT_CUDA_IALS_ROW_ENGINE_H_
#define TIDEWRIGHT_CUDA_IALS_ROW_ENGINE_H_

#include <cstdint>

#include "cuda/core/device_buffer.h"
#include "cuda/ials/row_launch.h"
#include "host/data/interactions.h"
#include "host/ials/row_bins.h"

namespace tidewright {

// A matrix on the device with the plan by which its rows are solved.
struct DeviceRows {
  DeviceRows(const DeviceContext& context, const CsrView& matrix, const IalsScalars& scalars,
             const RowBinLimits& limits);

  int64_t rows = 0;
  int64_t cols = 0;
  RowBins bins;  // its vectors of rows and parts have moved to the device
  int64_t zero_rows = 0;
  DeviceBuffer<int64_t> offsets;
  DeviceBuffer<int32_t> ids;
  DeviceBuffer<float> values;
  DeviceBuffer<float> regularization;
  DeviceBuffer<int32_t> zero;
  DeviceBuffer<int32_t> whole;
  DeviceBuffer<SplitRow> split;
  DeviceBuffer<EntryRange> parts;
  DeviceBuffer<EntryRange> fixed_parts;  // of the table that these rows are solved against
};

// Solves rows against a fixed table of factors: what half an epoch is made of, and folding users
// in. Owns the workspace of parts and the Gramian. Everything is enqueued on the context's stream.
class RowEngine {
 public:
  RowEngine(const DeviceContext& context, int64_t factors, bool tf32, const IalsScalars& scalars);

  const RowBinLimits& limits() const { return limits_; }
  // Makes room in the workspace for what `rows` needs; before anything is enqueued for it.
  void Reserve(const DeviceRows& rows);

  // Fixes the table that `rows` is solved against (rows.cols rows of padded factors) and makes its
  // Gramian.
  void Fix(const DeviceRows& rows, const DeviceBuffer<float>& table);
  // Solves one batch of `rows` against the fixed table into `solution`, each row's share of the
  // objective into `share` (lambda |x|^2 alone where `penalty`).
  void SolveBatch(const DeviceRows& rows, const RowBatch& batch, bool penalty,
                  DeviceBuffer<float>* solution, DeviceBuffer<double>* share) const;
  // The rows that belong to no batch.
  void ClearZeroRows(const DeviceRows& rows, DeviceBuffer<float>* solution,
                     DeviceBuffer<double>* share) const;

  int padded() const { return padded_; }
  // Of the fixed table, packed tiles.
  const DeviceBuffer<float>& gramian() const { return gramian_; }

  // Slots of the workspace for a matrix of these shapes at most, and the bytes of one.
  static int64_t MaxParts(int64_t factors);
  static int64_t PartBytes(int64_t factors);

 private:
  RowProblem ProblemOf(const DeviceRows& rows, bool penalty, DeviceBuffer<float>* solution,
                       DeviceBuffer<double>* share) const;
  PartialSums Sums() const;

  const DeviceContext& context_;
  const RowKernels& kernels_;
  IalsScalars scalars_;
  int factors_;
  int padded_;
  RowPlacement placement_;
  RowBinLimits limits_;
  const float* fixed_ = nullptr;
  DeviceBuffer<float> gramian_;
  int64_t slots_ = 0;
  mutable DeviceBuffer<float> part_tiles_;
  mutable DeviceBuffer<float> part_right_;
  mutable DeviceBuffer<double> part_squares_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ROW_ENGINE_H_
