#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_SWEEP_CUH_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_SWEEP_CUH_

#include <limits>

#include "cuda/core/primitives.cuh"
#include "cuda/ials/ialspp_predict.cuh"
#include "cuda/ials/ialspp_problem.h"

namespace tidewright {

// What a sweep over blocks of factors does to whole rows: in, predictions, out.

__device__ inline int32_t RowOfPlace(const IalsppProblem& problem, int64_t place) {
  return problem.split == nullptr ? problem.whole[place] : problem.split[place].row;
}

// The entries of a slot: of the place of this number, or of this part.
__device__ inline EntryRange RangeOfSlot(const IalsppProblem& problem, int64_t slot) {
  if (problem.split != nullptr) return problem.parts[slot];
  const int32_t row = problem.whole[slot];
  return {problem.rows.offsets[row], problem.rows.offsets[row + 1]};
}

// x[place] = the factors of its row. One thread four columns.
__global__ void IalsppLoadKernel(IalsppProblem problem) {
  const int quarter = problem.width / 4;
  const int64_t element = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  const int64_t place = element / quarter;
  if (place >= problem.places) return;
  const int64_t column = 4 * (element % quarter);
  const int64_t row = RowOfPlace(problem, place);
  *reinterpret_cast<float4*>(problem.x + place * problem.width + column) =
      LoadFour(problem.rows.solution + row * problem.width + column, true);
}

// The predictions of slot blockIdx.x by whole rows: the one pass over them.
template <class Element = float>
__global__ void __launch_bounds__(kSweepThreads) IalsppPredictKernel(IalsppProblem problem) {
  float* v = reinterpret_cast<float*>(DynamicShared());
  const int64_t slot = blockIdx.x;
  const int64_t place = problem.split == nullptr ? slot : problem.owners[slot];
  for (int i = static_cast<int>(threadIdx.x); i < problem.width; i += kSweepThreads) {
    v[i] = problem.x[place * problem.width + i];
  }
  __syncthreads();
  Predict<false, Element>(problem, RangeOfSlot(problem, slot), problem.table, problem.width, v);
}

// The predictions of part blockIdx.x after its row's block has moved.
template <class Element = float>
__global__ void __launch_bounds__(kSweepThreads) IalsppMovePartsKernel(IalsppProblem problem) {
  float* v = reinterpret_cast<float*>(DynamicShared());
  const int64_t place = problem.owners[blockIdx.x];
  for (int i = static_cast<int>(threadIdx.x); i < problem.rows.padded; i += kSweepThreads) {
    v[i] = problem.move[place * problem.rows.padded + i];
  }
  __syncthreads();
  Predict<true, Element>(problem, problem.parts[blockIdx.x], problem.rows.fixed,
                         problem.rows.padded, v);
}

// The factors of place blockIdx.x go to their row, and its share of the objective: `product` is
// alpha0 x G of all columns where that share is not the penalty alone.
__global__ void __launch_bounds__(kSweepThreads) IalsppFinishKernel(IalsppProblem problem) {
  double* partial = reinterpret_cast<double*>(DynamicShared());
  const int64_t place = blockIdx.x;
  const int64_t row = RowOfPlace(problem, place);
  const float* x = problem.x + place * problem.width;
  double square = 0;
  double rest = 0;
  for (int i = static_cast<int>(threadIdx.x); i < problem.width; i += kSweepThreads) {
    problem.rows.solution[row * problem.width + i] = x[i];
    square += static_cast<double>(x[i]) * x[i];
    if (problem.rows.share_is_penalty) continue;
    rest += static_cast<double>(x[i]) * problem.product[place * problem.width + i];
  }
  if (!problem.rows.share_is_penalty) {
    const int64_t end = problem.rows.offsets[row + 1];
    for (int64_t at = problem.rows.offsets[row] + threadIdx.x; at < end; at += kSweepThreads) {
      const float value = problem.rows.values[at];
      const double error = static_cast<double>(IalsPreference(value)) - problem.predictions[at];
      rest += IalsConfidence(problem.rows.scalars, value) * error * error;
    }
  }
  const double sum = WarpSum(problem.rows.regularization[row] * square + rest);
  if (LaneId() == 0) partial[WarpId()] = sum;
  __syncthreads();
  if (threadIdx.x != 0) return;
  double share = 0;
  for (int warp = 0; warp < kSweepWarps; ++warp) share += partial[warp];
  problem.rows.share[row] = share;
}

// blocks[b] = the diagonal block of the Gramian (width x width) from column b padded on, as packed
// tiles. One thread an element.
__global__ void PackBlocksKernel(const float* gramian, int width, int padded, float* blocks) {
  const int64_t tiles = TileStart(TileCount(padded), 0);
  const int64_t element = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (element >= tiles * (width / padded)) return;
  const int first = static_cast<int>(element / tiles) * padded;
  const int tile = static_cast<int>(element % tiles / kTileFloats);
  const int within = static_cast<int>(element % kTileFloats);
  const int row = TileRow(tile);
  const int line = within / kTileSize;
  // The permutation of a tile's columns is its own inverse.
  const int column = TileElement(line, within % kTileSize) - line * kTileSize;
  const int64_t i = first + row * kTileSize + line;
  const int64_t j = first + (tile - TriangleTiles(row)) * kTileSize + column;
  blocks[element] = gramian[i * width + j];
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_SWEEP_CUH_
