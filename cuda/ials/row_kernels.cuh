#ifndef TIDEWRIGHT_CUDA_IALS_ROW_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_IALS_ROW_KERNELS_CUH_

#include "cuda/ials/accumulate.cuh"
#include "cuda/ials/row_problem.h"
#include "cuda/linalg/cholesky.cuh"

namespace tidewright {

// Where a block's system ends up: the solution to its row of the factors, and the row's share of
// the objective. `right` is b, `x` the solution, `squares` (of the first warp) sum c p^2.
__device__ inline void WriteSolution(const RowProblem& problem, int32_t row, const float* right,
                                     const float* x, double squares) {
  float* solution = problem.solution + row * static_cast<int64_t>(problem.padded);
  for (int i = static_cast<int>(threadIdx.x); i < problem.padded;
       i += static_cast<int>(blockDim.x)) {
    solution[i] = x[i];
  }
  if (WarpId() != 0) return;
  double product = 0;
  for (int i = LaneId(); i < problem.padded; i += kWarpSize) {
    product += static_cast<double>(problem.share_is_penalty ? x[i] : right[i]) * x[i];
  }
  product = WarpSum(product);
  if (LaneId() == 0) {
    problem.share[row] = problem.share_is_penalty
                             ? static_cast<double>(problem.regularization[row]) * product
                             : squares - product;
  }
}

// Adds lambda to the diagonal and makes the padding the identity. Ends with a barrier.
__device__ inline void AddDiagonal(const RowProblem& problem, int32_t row, float* tiles) {
  const float regularization = problem.regularization[row];
  for (int i = static_cast<int>(threadIdx.x); i < problem.padded;
       i += static_cast<int>(blockDim.x)) {
    float& element = tiles[PackedElement(i, i)];
    element = i < problem.factors ? element + regularization : 1.0f;
  }
  __syncthreads();
}

// Solves rows[blockIdx.x], whole: gather, Gramian in registers, factorization and substitution in
// shared memory. For dimensions up to kMaxFusedFactors.
template <class Multiply, class Element = float>
__global__ void __launch_bounds__(kMaxRowThreads, 1)
    SolveRowsKernel(RowProblem problem, const int32_t* rows) {
  const int32_t row = rows[blockIdx.x];
  const int count = TileCount(problem.padded);
  const SolveShared shared(problem.padded, DynamicShared());
  Accumulator<> accumulator(LeadingColumns(0, TriangleTiles(count)));
  const double squares = accumulator.template Add<Multiply, Element>(
      problem, EntryRange{problem.offsets[row], problem.offsets[row + 1]}, shared.staging,
      problem.padded, shared.right, problem.padded);
  // The tiles take the place of the staging buffers.
  __syncthreads();
  accumulator.Store(shared.tiles, problem.gramian, problem.scalars.unobserved_weight);
  for (int i = static_cast<int>(threadIdx.x); i < problem.padded;
       i += static_cast<int>(blockDim.x)) {
    shared.x[i] = shared.right[i];
  }
  __syncthreads();
  AddDiagonal(problem, row, shared.tiles);
  FactorTiles<Multiply>(shared.tiles, count, shared.scratch);
  SolveTiles(shared.tiles, count, shared.x);
  WriteSolution(problem, row, shared.right, shared.x, squares);
}

// Part blockIdx.x of a long row, pass blockIdx.y over the tiles: the sums over its entries alone go
// to the part's slot. The last pass also sums b.
template <class Multiply, class Element = float>
__global__ void __launch_bounds__(kMaxRowThreads, 1)
    AccumulatePartsKernel(RowProblem problem, const EntryRange* parts, PartialSums sums) {
  const int count = TileCount(problem.padded);
  const int per_pass = kTilesPerWarp * WarpCount();
  const int first = static_cast<int>(blockIdx.y) * per_pass;
  const int all = TriangleTiles(count);
  const int end = first + per_pass < all ? first + per_pass : all;
  const bool last = end == all;
  const int columns = (TileRow(end - 1) + 1) * kTileSize;
  const PartShared shared(columns, problem.padded, DynamicShared());
  Accumulator<> accumulator(LeadingColumns(first, end));
  const double squares = accumulator.template Add<Multiply, Element>(
      problem, parts[blockIdx.x], shared.staging, columns, last ? shared.right : nullptr,
      problem.padded);
  const int64_t slot = blockIdx.x;
  accumulator.Store(sums.tiles + slot * sums.tiles_stride, nullptr, 0.0f);
  if (!last) return;
  // Each thread reads back the elements of b that it summed itself.
  for (int i = static_cast<int>(threadIdx.x); i < problem.padded;
       i += static_cast<int>(blockDim.x)) {
    sums.right[slot * problem.padded + i] = shared.right[i];
  }
  if (threadIdx.x == 0) sums.squares[slot] = squares;
}

// The same for rows too wide to be staged whole; passes on the diagonal sum their columns of b.
template <class Multiply, class Element = float>
__global__ void __launch_bounds__(kMaxRowThreads, 1)
    AccumulatePanelsKernel(RowProblem problem, const EntryRange* parts, PartialSums sums) {
  const PanelColumns where(static_cast<int>(blockIdx.y), TileCount(problem.padded));
  const PartShared shared(where.staged(), 2 * kPanelTiles * kTileSize, DynamicShared());
  Accumulator<PanelColumns> accumulator(where);
  const double squares = accumulator.template Add<Multiply, Element>(
      problem, parts[blockIdx.x], shared.staging, where.staged(),
      where.diagonal() ? shared.right : nullptr, where.rows());
  const int64_t slot = blockIdx.x;
  accumulator.Store(sums.tiles + slot * sums.tiles_stride, nullptr, 0.0f);
  if (!where.diagonal()) return;
  // Each thread reads back the elements of b that it summed itself.
  for (int i = static_cast<int>(threadIdx.x); i < where.rows(); i += static_cast<int>(blockDim.x)) {
    sums.right[slot * problem.padded + where.first() + i] = shared.right[i];
  }
  if (where.first() == 0 && threadIdx.x == 0) sums.squares[slot] = squares;
}

// tiles = the weighted Gramian and the tiles of a row's parts, right = their sums, in their order;
// `tiles` may be the first part's. A thread sums whole elements: the i-th of `right` is that of
// thread i.
__device__ inline void SumParts(const RowProblem& problem, const SplitRow& split,
                                const PartialSums& sums, float* tiles, float* right) {
  const int thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  const float* first = sums.tiles + split.first_part * sums.tiles_stride;
  for (int64_t e = thread; e < TileStart(TileCount(problem.padded), 0); e += threads) {
    double sum = 0;
    for (int part = 0; part < split.parts; ++part) sum += first[part * sums.tiles_stride + e];
    tiles[e] = static_cast<float>(
        static_cast<double>(problem.scalars.unobserved_weight) * problem.gramian[e] + sum);
  }
  for (int i = thread; i < problem.padded; i += threads) {
    double sum = 0;
    for (int part = 0; part < split.parts; ++part) {
      sum += sums.right[(split.first_part + part) * static_cast<int64_t>(problem.padded) + i];
    }
    right[i] = static_cast<float>(sum);
  }
}

// Sums the parts of rows[blockIdx.x] in their order and solves it: in shared memory, or in the
// row's first slot where kInPlace.
template <class Multiply, bool kInPlace>
__global__ void __launch_bounds__(kInPlace ? kInPlaceThreads : kMaxRowThreads, 1)
    SolvePartsKernel(RowProblem problem, const SplitRow* rows, PartialSums sums) {
  const SplitRow split = rows[blockIdx.x];
  const int count = TileCount(problem.padded);
  const int thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  const VectorShared shared(problem.padded, DynamicShared());
  float* tiles = kInPlace ? sums.tiles + split.first_part * sums.tiles_stride : shared.tiles;
  SumParts(problem, split, sums, tiles, shared.right);
  for (int i = thread; i < problem.padded; i += threads) shared.x[i] = shared.right[i];
  double squares = 0;
  for (int part = 0; part < split.parts; ++part) squares += sums.squares[split.first_part + part];
  __syncthreads();
  AddDiagonal(problem, split.row, tiles);
  FactorTiles<Multiply>(tiles, count, shared.scratch);
  SolveTiles(tiles, count, shared.x);
  WriteSolution(problem, split.row, shared.right, shared.x, squares);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ROW_KERNELS_CUH_
