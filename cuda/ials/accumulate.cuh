#ifndef TIDEWRIGHT_CUDA_IALS_ACCUMULATE_CUH_
#define TIDEWRIGHT_CUDA_IALS_ACCUMULATE_CUH_

#include <type_traits>

#include "cuda/ials/row_problem.h"
#include "cuda/linalg/narrow.cuh"
#include "cuda/linalg/tiles.cuh"

namespace tidewright {

// Where gathered rows of factors wait: a ring of kStages pieces of `entries` rows, and a ring of
// kEntrySlots pieces of what is known of each entry. Rows of 16-bit numbers take the same room: two
// pieces as floats, then two as they come.
struct Staging {
  float* rows;
  int32_t* id;        // -1 beyond the end
  float* confidence;  // c
  float* target;      // c p
  int entries;

  static constexpr int64_t EntryBytes() { return 12 * kEntrySlots * kMaxStagedEntries; }
  TIDEWRIGHT_HOST_DEVICE static constexpr int64_t RowBytes(int columns, int padded) {
    return int64_t{4} * kStages * StagedEntries(padded) * StagedStride(columns);
  }
};

// Shared memory of the kernels, carved from the block's dynamic allocation.
struct SolveShared {
  float* tiles;  // the same memory as the staged rows
  float* right;
  float* x;
  float* scratch;
  Staging staging;

  TIDEWRIGHT_HOST_DEVICE static constexpr int64_t TileBytes(int padded) {
    const int64_t tiles = 4 * TileStart(TileCount(padded), 0);
    const int64_t rows = Staging::RowBytes(padded, padded);
    return tiles > rows ? tiles : rows;
  }
  static constexpr int64_t Bytes(int padded) {
    return TileBytes(padded) + 4 * kTileFloats + 8 * int64_t{padded} + Staging::EntryBytes();
  }
  __device__ SolveShared(int padded, unsigned char* memory) {
    tiles = reinterpret_cast<float*>(memory);
    right = reinterpret_cast<float*>(memory + TileBytes(padded));
    x = right + padded;
    scratch = x + padded;
    float* entries = scratch + kTileFloats;
    staging = {tiles, reinterpret_cast<int32_t*>(entries),
               entries + kEntrySlots * kMaxStagedEntries,
               entries + 2 * kEntrySlots * kMaxStagedEntries, StagedEntries(padded)};
  }
};

struct PartShared {
  float* right;
  Staging staging;

  static constexpr int64_t Bytes(int padded) {
    return Staging::RowBytes(padded, padded) + 4 * int64_t{padded} + Staging::EntryBytes();
  }
  __device__ PartShared(int columns, int padded, unsigned char* memory) {
    float* rows = reinterpret_cast<float*>(memory);
    right = reinterpret_cast<float*>(memory + Staging::RowBytes(columns, padded));
    float* entries = right + padded;
    staging = {rows, reinterpret_cast<int32_t*>(entries), entries + kEntrySlots * kMaxStagedEntries,
               entries + 2 * kEntrySlots * kMaxStagedEntries, StagedEntries(padded)};
  }
};

struct VectorShared {
  float* right;
  float* x;
  float* scratch;
  float* tiles;  // only where the matrix is solved in shared memory

  static constexpr int64_t Bytes(int padded, bool in_place) {
    return 4 * kTileFloats + 8 * int64_t{padded} +
           (in_place ? 0 : 4 * TileStart(TileCount(padded), 0));
  }
  __device__ VectorShared(int padded, unsigned char* memory) {
    right = reinterpret_cast<float*>(memory);
    x = right + padded;
    scratch = x + padded;
    tiles = scratch + kTileFloats;
  }
};

// Which columns of a row of factors are staged, and where the tiles lie that they make: the first
// ones, a triangle of tiles.
class LeadingColumns {
 public:
  __device__ LeadingColumns(int first, int end) : first_(first), end_(end) {}

  // The staged column's place in the row.
  __device__ int At(int staged) const { return staged; }
  // The rows and columns of the index-th tile among the staged ones, in tiles; a row of -1: none.
  __device__ void Place(int index, int* row, int* column) const {
    const int tile = first_ + index;
    *row = tile < end_ ? TileRow(tile) : -1;
    *column = tile < end_ ? tile - TriangleTiles(*row) : 0;
  }
  __device__ int64_t Start(int row, int column) const { return TileStart(row, column); }

 private:
  int first_;
  int end_;
};

// Two panels of kPanelTiles tiles of columns each (fewer at the end): their square of tiles, or
// what of it is not above the diagonal where they are the same. Both are staged all the same.
class PanelColumns {
 public:
  // Pass `index` of those that cover a matrix of `count` tile rows.
  __device__ PanelColumns(int index, int count) {
    const int row = TileRow(index);
    first_row_ = kPanelTiles * row;
    first_column_ = kPanelTiles * (index - TriangleTiles(row));
    rows_ = count - first_row_ < kPanelTiles ? count - first_row_ : kPanelTiles;
    columns_ = count - first_column_ < kPanelTiles ? count - first_column_ : kPanelTiles;
  }

  __device__ bool diagonal() const { return first_row_ == first_column_; }
  __device__ int first() const { return first_row_ * kTileSize; }
  __device__ int rows() const { return rows_ * kTileSize; }
  __device__ int staged() const { return (rows_ + columns_) * kTileSize; }

  __device__ int At(int staged) const {
    return staged < rows() ? first() + staged : first_column_ * kTileSize + staged - rows();
  }
  __device__ void Place(int index, int* row, int* column) const {
    *row = index / columns_;
    *column = index % columns_;
    if (*row >= rows_ || (diagonal() && *row < *column)) *row = -1;
    *column += rows_;
  }
  __device__ int64_t Start(int row, int column) const {
    return TileStart(first_row_ + row, first_column_ + column - rows_);
  }

 private:
  int first_row_;
  int first_column_;
  int rows_;
  int columns_;
};

// A block's tiles of sum c h h^T, kTilesPerWarp to a warp, in registers.
template <class Columns = LeadingColumns>
class Accumulator {
 public:
  __device__ explicit Accumulator(const Columns& where) : where_(where) {
    TIDEWRIGHT_UNROLL
    for (int s = 0; s < kTilesPerWarp; ++s) {
      sums_[s].Clear();
      where_.Place(WarpId() + s * WarpCount(), &row_[s], &column_[s]);
    }
  }

  // Adds the entries: gathers their factors, `columns` of each row, a piece ahead of the products.
  // Where `right` is given, also writes the first `right_columns` of b = sum c p h there, each
  // element by one thread, and returns sum c p^2 on the first warp.
  template <class Multiply, class Element>
  __device__ double Add(const RowProblem& problem, const EntryRange& range, const Staging& staging,
                        int columns, float* right, int right_columns) {
    const int thread = static_cast<int>(threadIdx.x);
    const int threads = static_cast<int>(blockDim.x);
    const int stride = StagedStride(columns);
    const int64_t piece_floats = int64_t{staging.entries} * stride;
    const int64_t pieces = (range.end - range.begin + staging.entries - 1) / staging.entries;
    double squares = 0;
    if (right != nullptr) {
      for (int i = thread; i < right_columns; i += threads) right[i] = 0.0f;
    }
    for (int64_t piece = 0; piece < kStages; ++piece) {
      StoreEntry(staging, piece, ReadEntry(problem, range, staging, piece));
    }
    __syncthreads();
    constexpr bool kWide = std::is_same_v<Element, float>;
    for (int64_t piece = 0; piece < kStages - 1; ++piece) {
      Gather<Element>(problem, staging, piece, columns, piece < pieces);
    }
    if constexpr (!kWide) {
      CopyAsyncWait<kStages - 2>();
      __syncthreads();
      Expand<Element>(staging, 0, columns, pieces > 0);
    }
    for (int64_t piece = 0; piece < pieces; ++piece) {
      // All copies of this piece have arrived (of the next one, where they are expanded first), and
      // the piece before it is used up: its rows make room for what comes below, its entries for
      // those stored at the end.
      CopyAsyncWait<kWide ? kStages - 2 : 0>();
      __syncthreads();
      Gather<Element>(problem, staging, piece + kStages - 1, columns, piece + kStages - 1 < pieces);
      if constexpr (!kWide) Expand<Element>(staging, piece + 1, columns, piece + 1 < pieces);
      const Entry next = ReadEntry(problem, range, staging, piece + kStages);

      const float* rows = staging.rows + (piece % (kWide ? kStages : 2)) * piece_floats;
      const int slot = static_cast<int>(piece % kEntrySlots) * kMaxStagedEntries;
      TIDEWRIGHT_UNROLL
      for (int s = 0; s < kTilesPerWarp; ++s) {
        if (row_[s] < 0) continue;
        Multiply::AddOuter(sums_[s], rows + row_[s] * kTileSize, rows + column_[s] * kTileSize,
                           stride, staging.confidence + slot, staging.entries);
      }
      if (right != nullptr) {
        for (int i = thread; i < right_columns; i += threads) {
          float sum = 0.0f;
          for (int k = 0; k < staging.entries; ++k) {
            sum += staging.target[slot + k] * rows[k * stride + i];
          }
          right[i] += sum;
        }
        // p is 0 or 1, so that c p^2 = c p.
        if (thread < staging.entries) squares += staging.target[slot + thread];
      }
      StoreEntry(staging, piece + kStages, next);
    }
    return right != nullptr && WarpId() == 0 ? WarpSum(squares) : 0;
  }

  // tiles = gramian_weight * gramian + the sums; without a Gramian, the sums alone.
  __device__ void Store(float* tiles, const float* gramian, float gramian_weight) {
    TIDEWRIGHT_UNROLL
    for (int s = 0; s < kTilesPerWarp; ++s) {
      if (row_[s] < 0) continue;
      const int64_t start = where_.Start(row_[s], column_[s]);
      if (gramian != nullptr) {
        sums_[s].ForEachPair([gramian, gramian_weight, start](float* element, int offset) {
          const float2 pair = *reinterpret_cast<const float2*>(gramian + start + offset);
          element[0] += gramian_weight * pair.x;
          element[1] += gramian_weight * pair.y;
        });
      }
      sums_[s].Store(tiles + start);
    }
  }

 private:
  struct Entry {
    int32_t id = -1;
    float confidence = 0.0f;
    float target = 0.0f;
  };

  // This thread's entry of a piece; one beyond the end weighs nothing.
  __device__ static Entry ReadEntry(const RowProblem& problem, const EntryRange& range,
                                    const Staging& staging, int64_t piece) {
    Entry entry;
    const int64_t at = range.begin + piece * staging.entries + threadIdx.x;
    if (static_cast<int>(threadIdx.x) >= staging.entries || at >= range.end) return entry;
    const float value = problem.values[at];
    entry.id = problem.ids[at];
    entry.confidence = IalsConfidence(problem.scalars, value);
    const float prediction = problem.predictions == nullptr ? 0.0f : problem.predictions[at];
    entry.target = entry.confidence * (IalsPreference(value) - prediction);
    return entry;
  }

  __device__ static void StoreEntry(const Staging& staging, int64_t piece, const Entry& entry) {
    if (static_cast<int>(threadIdx.x) >= staging.entries) return;
    const int at =
        static_cast<int>(piece % kEntrySlots) * kMaxStagedEntries + static_cast<int>(threadIdx.x);
    staging.id[at] = entry.id;
    staging.confidence[at] = entry.confidence;
    staging.target[at] = entry.target;
  }

  // Of a 16-bit piece as it is gathered, one row after the other.
  template <class Element>
  __device__ static Element* Gathered(const Staging& staging, int64_t piece, int columns) {
    float* first = staging.rows + int64_t{2} * staging.entries * StagedStride(columns);
    return reinterpret_cast<Element*>(first) + (piece % 2) * staging.entries * columns;
  }

  // Calls visit(row, chunk) for this thread's share of a piece's rows, `chunks` to a row.
  template <class Visit>
  __device__ static void ForEachChunk(const Staging& staging, int chunks, const Visit& visit) {
    const int threads = static_cast<int>(blockDim.x);
    const int row_step = threads / chunks;
    const int chunk_step = threads % chunks;
    int row = static_cast<int>(threadIdx.x) / chunks;
    int chunk = static_cast<int>(threadIdx.x) % chunks;
    while (row < staging.entries) {
      visit(row, chunk);
      row += row_step;
      chunk += chunk_step;
      if (chunk >= chunks) {
        chunk -= chunks;
        ++row;
      }
    }
  }

  // Starts copying a piece's rows; always closes a group, so that counting them is enough to wait.
  template <class Element>
  __device__ void Gather(const RowProblem& problem, const Staging& staging, int64_t piece,
                         int columns, bool wanted) const {
    if (wanted) {
      constexpr int kNumbers = static_cast<int>(16 / sizeof(Element));  // of a copy
      constexpr bool kWide = std::is_same_v<Element, float>;
      const int stride = kWide ? StagedStride(columns) : columns;
      const int32_t* ids = staging.id + (piece % kEntrySlots) * kMaxStagedEntries;
      const Element* fixed = static_cast<const Element*>(problem.fixed);
      Element* rows;
      if constexpr (kWide) {
        rows = staging.rows + (piece % kStages) * staging.entries * int64_t{stride};
      } else {
        rows = Gathered<Element>(staging, piece, columns);
      }
      ForEachChunk(staging, columns / kNumbers, [&](int row, int chunk) {
        const int32_t id = ids[row];
        const int64_t source = id < 0 ? 0 : id * problem.stride + where_.At(kNumbers * chunk);
        CopyAsync16(reinterpret_cast<float*>(rows + row * stride + kNumbers * chunk),
                    reinterpret_cast<const float*>(fixed + source), id >= 0);
      });
    }
    CopyAsyncCommit();
  }

  // A 16-bit piece that has arrived, as floats.
  template <class Element>
  __device__ static void Expand(const Staging& staging, int64_t piece, int columns, bool wanted) {
    if (!wanted) return;
    const int stride = StagedStride(columns);
    const Element* gathered = Gathered<Element>(staging, piece, columns);
    float* rows = staging.rows + (piece % 2) * staging.entries * int64_t{stride};
    ForEachChunk(staging, columns / 4, [&](int row, int chunk) {
      *reinterpret_cast<float4*>(rows + row * stride + 4 * chunk) =
          LoadFour(gathered + row * columns + 4 * chunk, true);
    });
  }

  WarpTile sums_[kTilesPerWarp];
  int row_[kTilesPerWarp];
  int column_[kTilesPerWarp];
  const Columns where_;
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_IALS_ACCUMULATE_CUH_
