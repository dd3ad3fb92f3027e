#ifndef TIDEWRIGHT_HOST_LINALG_PACKED_TILES_H_
#define TIDEWRIGHT_HOST_LINALG_PACKED_TILES_H_

#include <cstdint>

#include "host/core/host_device.h"

namespace tidewright {

// How the CUDA kernels hold a symmetric or lower triangular matrix: the 32 x 32 tiles on and below
// the diagonal, row by row, 1024 floats each. Within a tile the columns of row r are permuted by
// XOR with 4 (r mod 8), which lets a warp read a column of fragments without bank conflicts and
// keeps groups of four neighbours together. Dimensions are padded to whole tiles.
constexpr int kTileSize = 32;
constexpr int kTileFloats = kTileSize * kTileSize;

TIDEWRIGHT_HOST_DEVICE constexpr int TileCount(int64_t dimension) {
  return static_cast<int>((dimension + kTileSize - 1) / kTileSize);
}
TIDEWRIGHT_HOST_DEVICE constexpr int PaddedDimension(int64_t dimension) {
  return TileCount(dimension) * kTileSize;
}
// Tiles of a matrix of `count` tile rows.
TIDEWRIGHT_HOST_DEVICE constexpr int TriangleTiles(int count) { return count * (count + 1) / 2; }

// The position of tile (i, j), i >= j, in floats.
TIDEWRIGHT_HOST_DEVICE constexpr int64_t TileStart(int i, int j) {
  return static_cast<int64_t>(TriangleTiles(i) + j) * kTileFloats;
}
TIDEWRIGHT_HOST_DEVICE constexpr int TileElement(int row, int column) {
  return row * kTileSize + (column ^ ((row & 7) << 2));
}
// The position of element (row, column), row >= column, of the whole matrix.
TIDEWRIGHT_HOST_DEVICE constexpr int64_t PackedElement(int row, int column) {
  return TileStart(row / kTileSize, column / kTileSize) +
         TileElement(row % kTileSize, column % kTileSize);
}

// The row of tiles that the tile of this index lies in.
TIDEWRIGHT_HOST_DEVICE constexpr int TileRow(int index) {
  int row = 0;
  while (TriangleTiles(row + 1) <= index) ++row;
  return row;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LINALG_PACKED_TILES_H_
