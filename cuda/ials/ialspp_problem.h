#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_PROBLEM_H_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_PROBLEM_H_

#include <cstdint>

#include "cuda/ials/row_problem.h"

namespace tidewright {

constexpr int kSweepThreads = 256;
constexpr int kSweepWarps = kSweepThreads / 32;

// One block of factors of a batch of rows, each in a place of its own: rows of `whole`, or of
// `split` where it is not null. `rows` is the problem of the block alone: its `fixed` points at the
// block's first column, `gramian` is the block's, packed tiles, `padded` and `factors` are its
// width.
struct IalsppProblem {
  RowProblem rows;
  const int32_t* whole = nullptr;
  const SplitRow* split = nullptr;
  const EntryRange* parts = nullptr;  // of a split row
  const int32_t* owners = nullptr;    // of each part: its place
  int64_t places = 0;
  int width = 0;                 // numbers of a whole row of factors
  int first = 0;                 // the block's first column
  float* x = nullptr;            // places x width: the factors as they stand
  float* product = nullptr;      // places x rows.padded: alpha0 x G, of the block's columns
  float* move = nullptr;         // places x rows.padded: what a split row's block moved by
  float* predictions = nullptr;  // an entry of the matrix: <x, h>
  const void* table = nullptr;   // the fixed side, whole rows
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_PROBLEM_H_
