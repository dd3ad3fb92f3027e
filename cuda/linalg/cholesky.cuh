#ifndef TIDEWRIGHT_CUDA_LINALG_CHOLESKY_CUH_
#define TIDEWRIGHT_CUDA_LINALG_CHOLESKY_CUH_

#include "cuda/linalg/tiles.cuh"

namespace tidewright {

// One block's Cholesky factorization and solution of a system of packed tiles
// (host/linalg/packed_tiles.h), in shared or in global memory. All threads of the block call these.

// One warp: replaces a diagonal tile by the inverse of its Cholesky factor, zeros above the
// diagonal; the factor itself passes through `scratch`, a tile of shared memory. With the inverse
// at hand the tiles below are solved by products and both substitutions have no chain within a
// tile. A pivot that is not positive gives NaN, as in any Cholesky.
__device__ inline void InvertDiagonalFactor(float* tile, float* scratch) {
  const int lane = LaneId();
  // This lane's row of the tile, then of the factor, but for the diagonal: its inverse.
  float row[kTileSize];
  TIDEWRIGHT_UNROLL
  for (int c = 0; c < kTileSize; ++c) row[c] = tile[TileElement(lane, c)];
  TIDEWRIGHT_UNROLL
  for (int j = 0; j < kTileSize; ++j) {
    const float inverse = rsqrtf(ShuffleFrom(row[j], j));
    row[j] = lane == j ? inverse : row[j] * inverse;
    TIDEWRIGHT_UNROLL
    for (int c = j + 1; c < kTileSize; ++c) row[c] -= row[j] * ShuffleFrom(row[j], c);
  }
  TIDEWRIGHT_UNROLL
  for (int c = 0; c < kTileSize; ++c) scratch[TileElement(lane, c)] = row[c];
  __syncwarp();

  // This lane's column of the inverse, by forward substitution.
  float column[kTileSize];
  TIDEWRIGHT_UNROLL
  for (int r = 0; r < kTileSize; ++r) {
    float sum = lane == r ? 1.0f : 0.0f;
    TIDEWRIGHT_UNROLL
    for (int k = 0; k < r; ++k) sum -= scratch[TileElement(r, k)] * column[k];
    column[r] = r < lane ? 0.0f : sum * scratch[TileElement(r, r)];
  }
  TIDEWRIGHT_UNROLL
  for (int r = 0; r < kTileSize; ++r) tile[TileElement(r, lane)] = column[r];
  __syncwarp();
}

// Replaces the lower triangle of a symmetric positive definite matrix of `count` tile rows by its
// Cholesky factor, the diagonal tiles by the inverses of the factor's. Right-looking by tile
// columns; while the other warps update the rest, the first warp goes ahead with the next diagonal
// tile. `scratch`: a tile of shared memory. Ends with a barrier.
template <class Multiply>
__device__ inline void FactorTiles(float* tiles, int count, float* scratch) {
  const int warp = WarpId();
  const int warps = WarpCount();
  if (warp == 0) InvertDiagonalFactor(tiles, scratch);
  __syncthreads();
  for (int p = 0; p + 1 < count; ++p) {
    const float* diagonal = tiles + TileStart(p, p);
    for (int i = p + 1 + warp; i < count; i += warps) {
      float* below = tiles + TileStart(i, p);
      WarpTile product;
      product.Clear();
      Multiply::AddProduct(product, below, diagonal, 1.0f);
      __syncwarp();
      product.Store(below);
    }
    __syncthreads();

    const bool alone = warps == 1;
    const int rest = TriangleTiles(count - p - 1);
    const int step = alone ? 1 : warps - 1;
    // The first warp of several takes tile 0 of the rest alone; the others share what follows.
    const int end = !alone && warp == 0 ? 1 : rest;
    for (int index = warp; index < end; index += step) {
      const int row = TileRow(index);
      const int i = p + 1 + row;
      const int j = p + 1 + index - TriangleTiles(row);
      float* target = tiles + TileStart(i, j);
      WarpTile updated;
      updated.Load(target);
      Multiply::AddProduct(updated, tiles + TileStart(i, p), tiles + TileStart(j, p), -1.0f);
      updated.Store(target);
    }
    if (warp == 0) {
      __syncwarp();
      InvertDiagonalFactor(tiles + TileStart(p + 1, p + 1), scratch);
    }
    __syncthreads();
  }
}

// x, which holds the right-hand side, becomes the solution, by the factor that FactorTiles left.
// Begins and ends with a barrier.
__device__ inline void SolveTiles(const float* tiles, int count, float* x) {
  const int lane = LaneId();
  const int thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  __syncthreads();
  for (int p = 0; p < count; ++p) {
    float* part = x + p * kTileSize;
    if (WarpId() == 0) {
      const float* inverse = tiles + TileStart(p, p);
      float sum = 0.0f;
      for (int k = 0; k < kTileSize; ++k) sum += inverse[TileElement(lane, k)] * part[k];
      __syncwarp();
      part[lane] = sum;
    }
    __syncthreads();
    for (int i = (p + 1) * kTileSize + thread; i < count * kTileSize; i += threads) {
      const float* tile = tiles + TileStart(i / kTileSize, p);
      float sum = 0.0f;
      for (int k = 0; k < kTileSize; ++k) sum += tile[TileElement(i % kTileSize, k)] * part[k];
      x[i] -= sum;
    }
    __syncthreads();
  }
  for (int p = count - 1; p >= 0; --p) {
    float* part = x + p * kTileSize;
    if (WarpId() == 0) {
      const float* inverse = tiles + TileStart(p, p);
      float sum = 0.0f;
      for (int k = 0; k < kTileSize; ++k) sum += inverse[TileElement(k, lane)] * part[k];
      __syncwarp();
      part[lane] = sum;
    }
    __syncthreads();
    for (int j = thread; j < p * kTileSize; j += threads) {
      const float* tile = tiles + TileStart(p, j / kTileSize);
      float sum = 0.0f;
      for (int k = 0; k < kTileSize; ++k) sum += tile[TileElement(k, j % kTileSize)] * part[k];
      x[j] -= sum;
    }
    __syncthreads();
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_LINALG_CHOLESKY_CUH_
