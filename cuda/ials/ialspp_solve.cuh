#ifndef TIDEWRIGHT_CUDA_IALS_IALSPP_SOLVE_CUH_
#define TIDEWRIGHT_CUDA_IALS_IALSPP_SOLVE_CUH_

#include "cuda/ials/ialspp_predict.cuh"
#include "cuda/ials/row_kernels.cuh"

namespace tidewright {

// One block of factors: A_bb move = sum c (p - <x, h>) h_b - (alpha0 x G)_b - lambda x_b, then x_b
// += move (arXiv 2110.14044, algorithm 2).

// `right`, the sums over entries, becomes the right-hand side in `x`. Each thread its own elements.
__device__ inline void MakeRightSide(const IalsppProblem& problem, int32_t row, int64_t place,
                                     const float* right, float* x) {
  const float* old = problem.x + place * problem.width + problem.first;
  const float* product = problem.product + place * problem.rows.padded;
  const float regularization = problem.rows.regularization[row];
  for (int i = static_cast<int>(threadIdx.x); i < problem.rows.padded;
       i += static_cast<int>(blockDim.x)) {
    x[i] = right[i] - (product[i] + regularization * old[i]);
  }
}

__device__ inline void MoveBlock(const IalsppProblem& problem, int64_t place, const float* move) {
  float* x = problem.x + place * problem.width + problem.first;
  for (int i = static_cast<int>(threadIdx.x); i < problem.rows.padded;
       i += static_cast<int>(blockDim.x)) {
    x[i] += move[i];
  }
}

// Place blockIdx.x, whole: as SolveRowsKernel, and then its predictions.
template <class Multiply, class Element = float>
__global__ void __launch_bounds__(kMaxRowThreads, 1) IalsppSolveRowsKernel(IalsppProblem problem) {
  const int64_t place = blockIdx.x;
  const int32_t row = problem.whole[place];
  const int count = TileCount(problem.rows.padded);
  const SolveShared shared(problem.rows.padded, DynamicShared());
  const EntryRange range{problem.rows.offsets[row], problem.rows.offsets[row + 1]};
  Accumulator<> accumulator(LeadingColumns(0, TriangleTiles(count)));
  accumulator.template Add<Multiply, Element>(
      problem.rows, range, shared.staging, problem.rows.padded, shared.right, problem.rows.padded);
  // The tiles take the place of the staging buffers.
  __syncthreads();
  accumulator.Store(shared.tiles, problem.rows.gramian, problem.rows.scalars.unobserved_weight);
  MakeRightSide(problem, row, place, shared.right, shared.x);
  __syncthreads();
  AddDiagonal(problem.rows, row, shared.tiles);
  FactorTiles<Multiply>(shared.tiles, count, shared.scratch);
  SolveTiles(shared.tiles, count, shared.x);
  MoveBlock(problem, place, shared.x);
  Predict<true, Element>(problem, range, problem.rows.fixed, problem.rows.padded, shared.x);
}

// Place blockIdx.x of split rows, from the sums that its parts left: in shared memory, or in the
// row's first slot where kInPlace.
template <class Multiply, bool kInPlace>
__global__ void __launch_bounds__(kInPlace ? kInPlaceThreads : kMaxRowThreads, 1)
    IalsppSolvePartsKernel(IalsppProblem problem, PartialSums sums) {
  const int64_t place = blockIdx.x;
  const SplitRow split = problem.split[place];
  const int count = TileCount(problem.rows.padded);
  const VectorShared shared(problem.rows.padded, DynamicShared());
  float* tiles = kInPlace ? sums.tiles + split.first_part * sums.tiles_stride : shared.tiles;
  SumParts(problem.rows, split, sums, tiles, shared.right);
  MakeRightSide(problem, split.row, place, shared.right, shared.x);
  __syncthreads();
  AddDiagonal(problem.rows, split.row, tiles);
  FactorTiles<Multiply>(tiles, count, shared.scratch);
  SolveTiles(tiles, count, shared.x);
  MoveBlock(problem, place, shared.x);
  for (int i = static_cast<int>(threadIdx.x); i < problem.rows.padded;
       i += static_cast<int>(blockDim.x)) {
    problem.move[place * problem.rows.padded + i] = shared.x[i];
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_IALSPP_SOLVE_CUH_
