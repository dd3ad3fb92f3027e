#ifndef TIDEWRIGHT_CUDA_IALS_ROW_LAUNCH_H_
#define TIDEWRIGHT_CUDA_IALS_ROW_LAUNCH_H_

#include <cstdint>

#include "cuda/core/device_context.h"
#include "cuda/ials/row_problem.h"
#include "host/ials/factor_storage.h"

namespace tidewright {

// Where the kernels of a dimension find room on a device.
struct RowPlacement {
  bool fused = false;     // a row of moderate length is solved by one kernel in shared memory
  bool in_place = false;  // systems of parts are solved in the workspace, not in shared memory
};
// Throws DeviceError where the device has not even room to gather rows of this dimension.
RowPlacement PlaceRows(const DeviceContext& context, int padded);

// Enqueue the kernels of one precision; counts are of blocks, pointers the device's.
struct RowKernels {
  void (*solve_rows)(const DeviceContext& context, const RowProblem& problem, const int32_t* rows,
                     int64_t count);
  void (*accumulate_parts)(const DeviceContext& context, const RowProblem& problem,
                           const EntryRange* parts, int64_t count, const PartialSums& sums);
  void (*solve_parts)(const DeviceContext& context, const RowProblem& problem, const SplitRow* rows,
                      int64_t count, const PartialSums& sums, bool in_place);
};
const RowKernels& Tf32RowKernels();
const RowKernels& Fp32RowKernels();

// A table of factors on the device, by what its numbers are stored as.
struct StoredTable {
  FactorStorage storage = FactorStorage::kFp32;
  void* numbers = nullptr;
};

// The kernels of table_kernels.cuh.
void LaunchSumShares(const DeviceContext& context, const double* shares, int64_t count,
                     double* total);
void LaunchPadRows(const DeviceContext& context, const float* packed, const TableLayout& layout,
                   int64_t count, const StoredTable& table);
void LaunchStoreRows(const DeviceContext& context, const float* solved, int64_t count, int padded,
                     const StoredTable& table, double* share);
void LaunchWidenRows(const DeviceContext& context, const StoredTable& table, int64_t elements,
                     float* floats);
void LaunchGatherRows(const DeviceContext& context, const StoredTable& table,
                      const TableLayout& layout, const int32_t* rows, int64_t count, float* packed);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ROW_LAUNCH_H_
