#ifndef TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_PROBLEM_H_
#define TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_PROBLEM_H_

#include <cstdint>

#include "host/core/host_device.h"

namespace tidewright {

inline constexpr int kLogisticThreads = 256;
inline constexpr int kLogisticWarps = kLogisticThreads / 32;
// Dense columns that a warp sums at once.
inline constexpr int kLogisticColumns = 4;
// Rows of a table block: their residuals lie in shared memory.
inline constexpr int64_t kLogisticBlockRows = 1024;
// So many slots are summed in shared memory; more, in global memory.
inline constexpr int64_t kLogisticSharedSlots = 4096;

// An EncodedTable (host/logistic/encoded_table.h) on the device, the numbers of TermMap::ValuesOf,
// and where the sums go. A part is a run of table blocks that one CUDA block walks through; parts
// depend on the table alone.
struct LogisticProblem {
  int64_t blocks = 0;
  int64_t block_rows = 0;
  int64_t parts = 0;
  int64_t dense = 0;
  int64_t categories = 0;
  int64_t slots = 0;

  const float* values = nullptr;         // blocks x dense x block_rows
  const int32_t* slot = nullptr;         // blocks x categories x block_rows
  const int64_t* first_slot = nullptr;   // of each category column
  const double* sign = nullptr;          // of each row
  const double* weight = nullptr;        // of each row
  const double* coefficients = nullptr;  // dense + slots + 1

  double* part_sums = nullptr;                   // parts x (dense + 2): dense, loss, residual
  double* sums = nullptr;                        // dense + 2
  unsigned long long* slot_residuals = nullptr;  // of each slot, as ToFixed has it

  TIDEWRIGHT_HOST_DEVICE bool SharedSlots() const { return slots <= kLogisticSharedSlots; }
  // Residuals; what the threads sum; slots.
  int64_t SharedBytes() const {
    return 8 * (block_rows + 2 * kLogisticThreads + (SharedSlots() ? slots : 0));
  }
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LOGISTIC_LOGISTIC_PROBLEM_H_
