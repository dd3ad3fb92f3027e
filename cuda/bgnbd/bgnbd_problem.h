#ifndef TIDEWRIGHT_CUDA_BGNBD_BGNBD_PROBLEM_H_
#define TIDEWRIGHT_CUDA_BGNBD_BGNBD_PROBLEM_H_

#include <cstdint>

#include "host/bgnbd/bgnbd_core.h"

namespace tidewright {

inline constexpr int kBgnbdThreads = 256;

// One evaluation of the likelihood as the kernels see it: device pointers, and the parameters by
// value.
struct BgnbdProblem {
  int64_t cells = 0;
  int64_t parts = 0;  // blocks, each with a range of the cells
  BgnbdParameters parameters;
  double log_alpha = 0;
  const BgnbdFrequencyTerms* terms = nullptr;  // by frequency
  const int32_t* place = nullptr;              // by cell, as in PurchaseCells
  const double* recency = nullptr;
  const double* age = nullptr;
  const double* customers = nullptr;
  BgnbdSums* part_sums = nullptr;  // by part
  BgnbdSums* sums = nullptr;       // one

  static constexpr int64_t kSharedBytes = kBgnbdThreads * sizeof(BgnbdSums);
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_BGNBD_BGNBD_PROBLEM_H_
