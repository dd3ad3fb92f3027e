#ifndef TIDEWRIGHT_CUDA_IALS_CG_PROBLEM_H_
#define TIDEWRIGHT_CUDA_IALS_CG_PROBLEM_H_

#include <cstdint>

#include "cuda/ials/row_problem.h"

namespace tidewright {

// Shapes that launchers and kernels agree on.
constexpr int kCgThreads = 256;
constexpr int kCgWarps = kCgThreads / 32;
// Up to here a warp holds a whole row of factors in registers, beyond a whole block does.
constexpr int kMaxTeamColumns = 512;
constexpr int kMaxWideThreads = 1024;
// Up to here a warp updates the vectors of a row, beyond a block does.
constexpr int kMaxWarpColumns = 1024;

// As the CPU twin has them (host/ials/cg.cpp): a row is solved where its squared residual has
// fallen so far below the one it began with, or to a float's dust.
constexpr double kCgSolved = 1e-12;
constexpr double kCgDust = 1e-30;

// What a row carries from step to step. The objective is followed without b: it falls by the length
// of a step times <r, r>.
struct CgState {
  double first = 0;   // <r, r> before the first step
  double square = 0;  // and as it stands
  double loss = 0;
  int32_t open = 0;
  int32_t solved = 0;
};

// A batch of rows under way, each in a place of its own: rows of `whole`, or of `split` where it is
// not null. The entries of a place lie in one slot, those of a split row in one slot a part.
// Vectors have rows.padded floats a place or slot.
struct CgProblem {
  RowProblem rows;
  const int32_t* whole = nullptr;
  const SplitRow* split = nullptr;
  const EntryRange* parts = nullptr;  // of a split row, a slot each
  const int32_t* owners = nullptr;    // of each part: its place
  int64_t places = 0;
  float* direction = nullptr;  // p; before the first step x
  float* product = nullptr;    // alpha0 p G
  float* residual = nullptr;   // r
  float* sums = nullptr;       // a slot: sum c (<h, p> - t) h over its entries
  double* energy = nullptr;    // a slot: sum c (<h, p> - t)^2
  CgState* state = nullptr;
};

// One pass over the entries: what it aims at, and whether `sums` are wanted.
struct CgPass {
  float target = 0;  // t of entries with a positive value
  bool sums = true;
};

enum class CgUpdate { kFirst, kStep, kLast };

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_CG_PROBLEM_H_
