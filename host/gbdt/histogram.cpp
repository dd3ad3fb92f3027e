#include "host/gbdt/histogram.h"

#include <algorithm>
#include <array>
#include <utility>

#include "host/gbdt/gbdt_core.h"

namespace tidewright {
namespace {

constexpr int64_t kBlockRows =
    256;                          // whose places and gradients are fetched ahead of their columns
constexpr int kTileColumns = 16;  // whose histograms stay in the first-level cache together

struct RowBlock {
  const uint8_t* bins[kBlockRows];
  int64_t words[kBlockRows];
};

template <size_t kColumn>
inline void AddOne(const uint8_t* bins, int64_t word, int64_t* histogram) {
  histogram[kColumn * kMaxBins + bins[kColumn]] += word;
}

template <size_t... kColumn>
inline void AddRow(const uint8_t* bins, int64_t word, int64_t* histogram,
                   std::index_sequence<kColumn...>) {
  (AddOne<kColumn>(bins, word, histogram), ...);
}

// `width` columns from `column` on, all rows of the block.
template <size_t kWidth>
void AddTile(const RowBlock& block, int64_t rows, int64_t column, int64_t* histogram) {
  for (int64_t row = 0; row < rows; ++row) {
    AddRow(block.bins[row] + column, block.words[row], histogram,
           std::make_index_sequence<kWidth>());
  }
}

using AddTileFunction = void (*)(const RowBlock&, int64_t, int64_t, int64_t*);

template <size_t... kWidth>
constexpr std::array<AddTileFunction, sizeof...(kWidth)> AddTileTable(
    std::index_sequence<kWidth...>) {
  return {AddTile<kWidth + 1>...};
}

constexpr auto kAddTile = AddTileTable(std::make_index_sequence<kTileColumns>());  // by width - 1

void Fill(const BinnedTable& table, const RowList& rows, int64_t begin, int64_t count,
          const uint32_t* pairs, RowBlock* block) {
  if (rows.rows == nullptr) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = rows.first_row + begin + i;
      block->bins[i] = table.Row(row);
      block->words[i] = PackedWord(pairs[row]);
    }
    return;
  }
  const int64_t last = rows.count - 1;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = rows.rows[begin + i];
    const int64_t ahead = rows.rows[std::min(begin + i + kBlockRows, last)];
    __builtin_prefetch(table.Row(ahead));
    __builtin_prefetch(pairs + ahead);
    block->bins[i] = table.Row(row);
    block->words[i] = PackedWord(pairs[row]);
  }
}

void Accumulate(int64_t columns, const BinnedTable& table, const RowList& rows,
                const uint32_t* pairs, int64_t* histogram) {
  // Tiles of nearly equal width.
  const int64_t tiles = (columns + kTileColumns - 1) / kTileColumns;
  RowBlock block;
  for (int64_t begin = 0; begin < rows.count; begin += kBlockRows) {
    const int64_t count = std::min(kBlockRows, rows.count - begin);
    Fill(table, rows, begin, count, pairs, &block);
    for (int64_t tile = 0; tile < tiles; ++tile) {
      const int64_t from = columns * tile / tiles;
      const int64_t width = columns * (tile + 1) / tiles - from;
      kAddTile[static_cast<size_t>(width - 1)](block, count, from, histogram + from * kMaxBins);
    }
  }
}

void Clear(const HistogramShape& shape, int64_t* words) {
  for (int64_t c = 0; c < shape.columns(); ++c) {
    std::fill_n(words + c * kMaxBins, shape.bins[c], int64_t{0});
  }
}

// Adds the packed words to the target, or puts them there where they are the first.
void Merge(const HistogramShape& shape, const int64_t* words, bool first, Histogram* target) {
  for (int64_t c = 0; c < shape.columns(); ++c) {
    const int64_t* from = words + c * kMaxBins;
    const int32_t bins = shape.bins[c];
    if (!target->wide) {
      int64_t* to = target->words.data() + c * kMaxBins;
      for (int32_t b = 0; b < bins; ++b) to[b] = first ? from[b] : to[b] + from[b];
      continue;
    }
    int64_t* g = target->words.data() + c * 2 * kMaxBins;
    int64_t* h = g + kMaxBins;
    for (int32_t b = 0; b < bins; ++b) {
      g[b] = (first ? 0 : g[b]) + PackedGradient(from[b]);
      h[b] = (first ? 0 : h[b]) + PackedHessian(from[b]);
    }
  }
}

}  // namespace

int64_t HistogramPool::BytesOf(bool wide) const { return columns_ * kMaxBins * (wide ? 16 : 8); }

int HistogramPool::Acquire(bool wide) {
  used_bytes_ += BytesOf(wide);
  std::vector<int>& free = free_[wide ? 1 : 0];
  if (!free.empty()) {
    const int histogram = free.back();
    free.pop_back();
    return histogram;
  }
  Histogram made;
  made.wide = wide;
  made.words.resize(static_cast<size_t>(BytesOf(wide) / 8));
  all_.push_back(std::move(made));
  return static_cast<int>(all_.size()) - 1;
}

void HistogramPool::Release(int histogram) {
  const bool wide = all_[static_cast<size_t>(histogram)].wide;
  used_bytes_ -= BytesOf(wide);
  free_[wide ? 1 : 0].push_back(histogram);
}

void HistogramPool::ReleaseAll() {
  used_bytes_ = 0;
  for (std::vector<int>& free : free_) free.clear();
  for (size_t i = 0; i < all_.size(); ++i) {
    free_[all_[i].wide ? 1 : 0].push_back(static_cast<int>(i));
  }
}

void AddRows(const HistogramShape& shape, const BinnedTable& table, const RowList& rows,
             const uint32_t* pairs, HistogramTarget* target, AlignedVector<int64_t>* scratch) {
  const bool alone = target->parts == 1 && !target->histogram->wide;
  int64_t* words = alone ? target->histogram->words.data() : scratch->data();
  Clear(shape, words);
  Accumulate(shape.columns(), table, rows, pairs, words);
  if (alone) return;
  const std::lock_guard<std::mutex> lock(target->mutex);
  Merge(shape, words, target->parts_added++ == 0, target->histogram);
}

void SubtractColumn(const HistogramShape& shape, int64_t column, const Histogram& parent,
                    const Histogram& part, Histogram* other) {
  const int32_t bins = shape.bins[static_cast<size_t>(column)];
  const int64_t packed = column * kMaxBins;
  const int64_t wide = 2 * packed;
  const int64_t* p = parent.words.data() + (parent.wide ? wide : packed);
  const int64_t* s = part.words.data() + (part.wide ? wide : packed);
  int64_t* o = other->words.data() + (other->wide ? wide : packed);
  if (!parent.wide) {
    for (int32_t b = 0; b < bins; ++b) o[b] = p[b] - s[b];
    return;
  }
  for (int32_t b = 0; b < bins; ++b) {
    const int64_t g = p[b] - (part.wide ? s[b] : PackedGradient(s[b]));
    const int64_t h = p[b + kMaxBins] - (part.wide ? s[b + kMaxBins] : PackedHessian(s[b]));
    if (other->wide) {
      o[b] = g;
      o[b + kMaxBins] = h;
    } else {
      o[b] = g * 4294967296 + h;
    }
  }
}

}  // namespace tidewright
