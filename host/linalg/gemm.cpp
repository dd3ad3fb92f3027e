#include "host/linalg/gemm.h"

#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/linalg/gemm_kernels-inl.h"
#include <hwy/foreach_target.h>

#include <algorithm>

#include "host/core/parallel.h"
#include "host/linalg/gemm_kernels-inl.h"
#include "host/linalg/packed.h"

namespace tidewright {

HWY_EXPORT(GemmTileKernel);
HWY_EXPORT(PackTileKernel);
HWY_EXPORT(PackTransposedTileKernel);

void GemmNT(int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
            int64_t ldb, float* c, int64_t ldc) {
  thread_local AlignedVector<float> tile;
  if (static_cast<int64_t>(tile.size()) < k * kTile) tile.resize(static_cast<size_t>(k * kTile));
  for (int64_t column = 0; column < n; column += kTile) {
    const int64_t width = std::min(kTile, n - column);
    HWY_DYNAMIC_DISPATCH(PackTransposedTileKernel)(b + column * ldb, ldb, width, k, tile.data());
    HWY_DYNAMIC_DISPATCH(GemmTileKernel)(m, k, a, lda, tile.data(), width, c + column, ldc);
  }
}

void PackedMatrix::Resize(int64_t rows, int64_t columns) {
  rows_ = rows;
  columns_ = columns;
  tiles_.resize(static_cast<size_t>(TilesOf(columns) * rows * kTile));
}

void PackedMatrix::Pack(int64_t rows, int64_t columns, const float* b, int64_t ldb) {
  Resize(rows, columns);
  ParallelBlocks(TilesOf(columns), [&](int64_t index, int) {
    HWY_DYNAMIC_DISPATCH(PackTileKernel)
    (b + index * kTile, ldb, std::min(kTile, columns - index * kTile), rows,
     tiles_.data() + index * rows * kTile);
  });
}

void PackedMatrix::PackTransposed(int64_t rows, int64_t columns, const float* b, int64_t ldb,
                                  const int32_t* ids) {
  Resize(rows, columns);
  ParallelBlocks(TilesOf(columns), [&](int64_t index, int) {
    const int64_t first = index * kTile;
    const int64_t width = std::min(kTile, columns - first);
    float* to = tiles_.data() + index * rows * kTile;
    if (ids == nullptr) {
      HWY_DYNAMIC_DISPATCH(PackTransposedTileKernel)(b + first * ldb, ldb, width, rows, to);
      return;
    }
    thread_local AlignedVector<float> gathered;
    gathered.resize(static_cast<size_t>(kTile * rows));
    for (int64_t row = 0; row < width; ++row) {
      std::copy_n(b + ids[first + row] * ldb, rows, gathered.data() + row * rows);
    }
    HWY_DYNAMIC_DISPATCH(PackTransposedTileKernel)(gathered.data(), rows, width, rows, to);
  });
}

void PackedMatrix::PackSymmetric(int64_t n, const float* upper) {
  Resize(n, n);
  ParallelBlocks(TilesOf(n), [&](int64_t index, int) {
    const int64_t first = index * kTile;
    const int64_t width = std::min(kTile, n - first);
    const float* own = upper + PackedTileOffset(index);
    float* to = tiles_.data() + index * n * kTile;
    HWY_DYNAMIC_DISPATCH(PackTileKernel)(own, kTile, width, first, to);
    for (int64_t row = 0; row < width; ++row) {
      for (int64_t column = 0; column < kTile; ++column) {
        to[(first + row) * kTile + column] =
            column >= width ? 0.0f
                            : own[(first + std::min(row, column)) * kTile + std::max(row, column)];
      }
    }
    // Below the diagonal: the blocks right of it, transposed.
    for (int64_t tile = index + 1; tile < TilesOf(n); ++tile) {
      HWY_DYNAMIC_DISPATCH(PackTransposedTileKernel)
      (upper + PackedTileOffset(tile) + first * kTile, kTile, width,
       std::min(kTile, n - tile * kTile), to + tile * kTile * kTile);
    }
  });
}

void GemmPackedPart(int64_t m, const float* a, int64_t lda, const PackedMatrix& b,
                    const PackedPart& part, float* c, int64_t ldc) {
  for (int64_t tile = part.begin_tile; tile < part.end_tile; ++tile) {
    HWY_DYNAMIC_DISPATCH(GemmTileKernel)
    (m, part.end_row - part.begin_row, a, lda, b.tile(tile) + part.begin_row * kTile,
     std::min(kTile, b.columns() - tile * kTile), c + (tile - part.begin_tile) * kTile, ldc);
  }
}

void GemmPacked(int64_t m, const float* a, int64_t lda, const PackedMatrix& b, float* c,
                int64_t ldc) {
  GemmPackedPart(m, a, lda, b, {0, b.rows(), 0, TilesOf(b.columns())}, c, ldc);
}

}  // namespace tidewright
