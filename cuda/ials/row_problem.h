#ifndef TIDEWRIGHT_CUDA_IALS_ROW_PROBLEM_H_
#define TIDEWRIGHT_CUDA_IALS_ROW_PROBLEM_H_

#include <algorithm>
#include <cstdint>

#include "host/ials/factor_storage.h"
#include "host/ials/ials_core.h"
#include "host/ials/row_bins.h"
#include "host/linalg/packed_tiles.h"

namespace tidewright {

// Shapes that launchers and kernels agree on.
constexpr int kTilesPerWarp = 3;  // 96 accumulators a thread
constexpr int kMaxRowWarps = 12;  // 36 tiles: the triangle of 256 factors
constexpr int kMaxRowThreads = 32 * kMaxRowWarps;
constexpr int kMaxFusedFactors = 256;
// Wider rows are not staged whole: two panels of columns at a time make a square of 36 tiles.
constexpr int kMaxStagedColumns = 1024;
constexpr int kPanelTiles = 6;
// Systems in the workspace take more registers for their addresses: 256 threads leave 255 of them.
constexpr int kInPlaceThreads = 256;
constexpr int kStages = 3;  // gathered pieces under way or in use
constexpr int kEntrySlots = kStages + 1;
constexpr int kMaxStagedEntries = 16;
constexpr int kSumThreads = 256;

// Warps that solve one row of this padded dimension.
TIDEWRIGHT_HOST_DEVICE constexpr int RowWarps(int padded) {
  const int warps = (TriangleTiles(TileCount(padded)) + kTilesPerWarp - 1) / kTilesPerWarp;
  return warps < kMaxRowWarps ? warps : kMaxRowWarps;
}
// Columns staged at once at most.
TIDEWRIGHT_HOST_DEVICE constexpr int StagedColumns(int padded) {
  return padded <= kMaxStagedColumns ? padded : 2 * kPanelTiles * kTileSize;
}
// Passes over the entries of a part, each for as many tiles as a block holds.
TIDEWRIGHT_HOST_DEVICE constexpr int PartPasses(int padded) {
  const int tiles = TileCount(padded);
  if (padded > kMaxStagedColumns) return TriangleTiles((tiles + kPanelTiles - 1) / kPanelTiles);
  const int at_once = kTilesPerWarp * RowWarps(padded);
  return (TriangleTiles(tiles) + at_once - 1) / at_once;
}
// Threads of a block that solves a row from its parts.
TIDEWRIGHT_HOST_DEVICE constexpr int PartsThreads(int padded, bool in_place) {
  return in_place ? kInPlaceThreads : 32 * RowWarps(padded);
}
// Entries gathered at a time.
TIDEWRIGHT_HOST_DEVICE constexpr int StagedEntries(int padded) { return padded > 480 ? 8 : 16; }
// Floats between gathered rows: 8 or 24 mod 32, so that fragments load without bank conflicts.
TIDEWRIGHT_HOST_DEVICE constexpr int StagedStride(int columns) { return columns + 8; }

// How the factors of a row lie in a table: in blocks of `block`, each padded to whole tiles with
// zeros. One block of all of them, unless the solver works block by block.
struct TableLayout {
  int64_t factors = 0;
  int64_t block = 0;

  TIDEWRIGHT_HOST_DEVICE constexpr int blocks() const {
    return static_cast<int>((factors + block - 1) / block);
  }
  TIDEWRIGHT_HOST_DEVICE constexpr int padded_block() const { return PaddedDimension(block); }
  TIDEWRIGHT_HOST_DEVICE constexpr int padded() const { return blocks() * padded_block(); }
  TIDEWRIGHT_HOST_DEVICE constexpr int64_t ColumnOf(int64_t factor) const {
    return factor / block * padded_block() + factor % block;
  }
  // -1 for padding.
  TIDEWRIGHT_HOST_DEVICE constexpr int64_t FactorOf(int64_t column) const {
    const int64_t within = column % padded_block();
    const int64_t factor = column / padded_block() * block + within;
    return within < block && factor < factors ? factor : -1;
  }
};

// Half an epoch as its kernels see it: rows to solve against fixed rows. All pointers are the
// device's; tables of factors have rows of `padded` numbers, zero beyond `factors`. The fixed rows
// are as they are stored, solutions are floats.
struct RowProblem {
  const int64_t* offsets = nullptr;
  const int32_t* ids = nullptr;  // rows of `fixed`
  const float* values = nullptr;
  const float* regularization = nullptr;  // a row: lambda (n + alpha0 others)^nu
  const void* fixed = nullptr;            // numbers of `storage`
  FactorStorage storage = FactorStorage::kFp32;
  int64_t stride = 0;                  // numbers between rows of `fixed`
  const float* predictions = nullptr;  // of each entry: b sums c (p - prediction) h; null: 0
  const float* gramian = nullptr;      // of `fixed`, packed tiles
  float* solution = nullptr;
  double* share = nullptr;        // a row: its share of the objective
  bool share_is_penalty = false;  // lambda |x|^2 alone, else sum c p^2 - <b, x>
  int factors = 0;
  int padded = 0;
  IalsScalars scalars;
};

// What the parts of long rows leave for the solution, a slot a part.
struct PartialSums {
  float* tiles = nullptr;
  int64_t tiles_stride = 0;  // floats a slot: the whole triangle
  float* right = nullptr;    // padded a slot
  double* squares = nullptr;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ROW_PROBLEM_H_
