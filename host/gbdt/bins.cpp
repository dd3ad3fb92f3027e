#include "host/gbdt/bins.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>

#include "host/core/parallel.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

constexpr int64_t kSampleRows = int64_t{1} << 18;
constexpr int64_t kRowGrain = 16384;
constexpr float kAboveAll = std::numeric_limits<float>::max();

struct WeightedValue {
  float value;
  double weight;
};

float EdgeBetween(float low, float high) {
  const auto middle = static_cast<float>((static_cast<double>(low) + high) / 2);
  return middle > low ? middle : high;
}

// The distinct values of a column, rising; empty where there are more than `limit`.
std::vector<float> FewDistinct(const std::vector<float>& values, int64_t limit) {
  constexpr size_t kSlots = 1024;
  std::vector<float> slots(kSlots, kMissing);
  std::vector<float> found;
  float last = kMissing;
  for (const float value : values) {
    if (value == last || value != value) continue;
    last = value;
    const float key = value == 0 ? 0.0f : value;
    size_t slot = (std::bit_cast<uint32_t>(key) * 0x9E3779B9U) >> 22;
    while (slots[slot] == slots[slot] && slots[slot] != key) slot = (slot + 1) % kSlots;
    if (slots[slot] == key) continue;
    if (static_cast<int64_t>(found.size()) == limit) return {};
    slots[slot] = key;
    found.push_back(key);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Floats in their order as unsigned integers.
uint32_t KeyOf(float value) {
  const auto bits = std::bit_cast<uint32_t>(value == 0 ? 0.0f : value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

float ValueOf(uint32_t key) {
  return std::bit_cast<float>((key & 0x80000000U) != 0 ? key & 0x7FFFFFFFU : ~key);
}

// By the upper half, which holds the key; stable.
void RadixSort(std::vector<uint64_t>* items) {
  std::vector<uint64_t> other(items->size());
  constexpr int kBits = 11;
  for (int shift = 32; shift < 64; shift += kBits) {
    std::vector<int64_t> offsets((size_t{1} << kBits) + 1, 0);
    const auto digit = [shift](uint64_t item) { return (item >> shift) & ((1U << kBits) - 1); };
    for (const uint64_t item : *items) ++offsets[digit(item) + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    for (const uint64_t item : *items) other[static_cast<size_t>(offsets[digit(item)]++)] = item;
    items->swap(other);
  }
}

// Distinct values, rising, with the weight of their rows.
std::vector<WeightedValue> WeighValues(const std::vector<float>& values,
                                       const std::vector<float>& weight,
                                       const std::vector<int64_t>& sample) {
  const int64_t rows = static_cast<int64_t>(values.size());
  const int64_t count = sample.empty() ? rows : static_cast<int64_t>(sample.size());
  std::vector<uint64_t> items;
  items.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = sample.empty() ? i : sample[i];
    if (values[row] != values[row]) continue;
    const float w = weight.empty() ? 1.0f : weight[row];
    items.push_back(static_cast<uint64_t>(KeyOf(values[row])) << 32 | std::bit_cast<uint32_t>(w));
  }
  RadixSort(&items);
  std::vector<WeightedValue> distinct;
  for (const uint64_t item : items) {
    const float value = ValueOf(static_cast<uint32_t>(item >> 32));
    if (distinct.empty() || distinct.back().value != value) distinct.push_back({value, 0});
    distinct.back().weight += std::bit_cast<float>(static_cast<uint32_t>(item));
  }
  return distinct;
}

// At most `limit` runs of neighbouring values, of as equal a weight as they allow: the edges
// between them.
std::vector<float> CutAtQuantiles(const std::vector<WeightedValue>& values, int64_t limit) {
  double remaining = 0;
  for (const WeightedValue& value : values) remaining += value.weight;
  std::vector<float> edges;
  double inside = 0;
  bool open = false;
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t bins_left = limit - static_cast<int64_t>(edges.size());
    const double target = remaining / static_cast<double>(bins_left);
    const double with = inside + values[i].weight;
    // The run ends before this value or after it, whichever comes nearer to the target.
    if (open && bins_left > 1 && with - target > target - inside) {
      edges.push_back(EdgeBetween(values[i - 1].value, values[i].value));
      remaining -= inside;
      inside = 0;
    }
    inside += values[i].weight;
    open = true;
  }
  return edges;
}

std::vector<uint8_t> BinsOfCodes(const FeatureColumn& column, const std::vector<float>& weight,
                                 int64_t limit) {
  const size_t codes = column.description.categories.size();
  std::vector<uint8_t> bin_of_code(codes);
  if (static_cast<int64_t>(codes) <= limit) {
    for (size_t code = 0; code < codes; ++code) bin_of_code[code] = static_cast<uint8_t>(code);
    return bin_of_code;
  }
  std::vector<double> weight_of(codes, 0.0);
  for (size_t row = 0; row < column.values.size(); ++row) {
    const float value = column.values[row];
    if (value == value) weight_of[static_cast<size_t>(value)] += weight.empty() ? 1 : weight[row];
  }
  std::vector<size_t> order(codes);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return weight_of[a] > weight_of[b]; });
  const auto kept = static_cast<size_t>(limit - 1);
  std::fill(bin_of_code.begin(), bin_of_code.end(), static_cast<uint8_t>(kept));
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept));
  for (size_t bin = 0; bin < kept; ++bin) bin_of_code[order[bin]] = static_cast<uint8_t>(bin);
  return bin_of_code;
}

ColumnBins BinsOf(const FeatureColumn& column, const std::vector<float>& weight,
                  const std::vector<int64_t>& sample, int64_t max_bins) {
  ColumnBins bins;
  const int64_t limit = max_bins - 1;
  if (column.description.kind == FeatureKind::kCategory) {
    bins.category = true;
    bins.bin_of_code = BinsOfCodes(column, weight, limit);
    bins.values = 1;
    for (const uint8_t bin : bins.bin_of_code) bins.values = std::max(bins.values, bin + 1);
    return bins;
  }
  const std::vector<float> few = FewDistinct(column.values, limit);
  if (few.empty()) {
    bins.edges = CutAtQuantiles(WeighValues(column.values, weight, sample), limit);
  } else {
    for (size_t i = 1; i < few.size(); ++i) bins.edges.push_back(EdgeBetween(few[i - 1], few[i]));
  }
  bins.edges.push_back(kAboveAll);
  bins.values = static_cast<int32_t>(bins.edges.size());
  for (const float value : column.values) bins.last_edge_splits &= !(value >= kAboveAll);
  return bins;
}

// One row out of each of kSampleRows stretches of equal length.
std::vector<int64_t> SampleOf(int64_t rows, uint64_t seed) {
  std::vector<int64_t> sample;
  if (rows <= kSampleRows) return sample;
  sample.reserve(static_cast<size_t>(kSampleRows));
  for (int64_t i = 0; i < kSampleRows; ++i) {
    const int64_t begin = rows * i / kSampleRows;
    const int64_t end = rows * (i + 1) / kSampleRows;
    const PhiloxDraw draw =
        Philox(seed, static_cast<uint64_t>(RandomStream::kTreeBins), static_cast<uint64_t>(i));
    sample.push_back(begin +
                     static_cast<int64_t>(UniformBelow(draw, static_cast<uint64_t>(end - begin))));
  }
  return sample;
}

// Several values at once: each search waits for its own comparisons only.
void BinNumbers(const ColumnBins& bins, const float* values, int64_t count, uint8_t* out) {
  constexpr int kTogether = 16;
  float edges[256];
  std::fill(edges, edges + 256, std::numeric_limits<float>::infinity());
  std::copy(bins.edges.begin(), bins.edges.end() - 1, edges);
  const auto missing = static_cast<uint8_t>(bins.values);
  const uint32_t first_half = std::bit_ceil(static_cast<uint32_t>(bins.values)) / 2;
  for (int64_t begin = 0; begin < count; begin += kTogether) {
    const int here = static_cast<int>(std::min<int64_t>(kTogether, count - begin));
    float x[kTogether] = {};
    uint32_t position[kTogether] = {};
    std::copy(values + begin, values + begin + here, x);
    for (uint32_t half = first_half; half > 0; half /= 2) {
      for (int i = 0; i < kTogether; ++i) {
        position[i] += x[i] >= edges[position[i] + half - 1] ? half : 0;
      }
    }
    for (int i = 0; i < here; ++i) {
      out[begin + i] = x[i] == x[i] ? static_cast<uint8_t>(position[i]) : missing;
    }
  }
}

void BinValues(const ColumnBins& bins, const float* values, int64_t count, uint8_t* out) {
  if (!bins.category) return BinNumbers(bins, values, count, out);
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<uint8_t>(bins.BinOf(values[i]));
}

void Spread(const uint8_t* column, int64_t count, int64_t stride, uint8_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i * stride] = column[i];
}

}  // namespace

int64_t RowStride(int64_t columns) {
  if (columns <= 64) return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(columns)));
  return (columns + 31) / 32 * 32;
}

int32_t ColumnBins::BinOf(float value) const {
  if (value != value) return values;
  if (!category) {
    return static_cast<int32_t>(std::upper_bound(edges.begin(), edges.end() - 1, value) -
                                edges.begin());
  }
  // A category that the table it was trained on has no code for is missing.
  const bool known = value >= 0 && value < static_cast<float>(bin_of_code.size());
  return known ? bin_of_code[static_cast<size_t>(value)] : values;
}

std::vector<ColumnBins> MakeBins(const FeatureTable& table, const std::vector<float>& weight,
                                 int64_t max_bins, uint64_t seed) {
  const std::vector<int64_t> sample = SampleOf(table.rows, seed);
  std::vector<ColumnBins> bins(table.columns.size());
  ParallelBlocks(static_cast<int64_t>(bins.size()), [&](int64_t column, int) {
    bins[column] = BinsOf(table.columns[column], weight, sample, max_bins);
  });
  return bins;
}

BinnedTable BinTable(const std::vector<ColumnBins>& bins, FeatureTable* table) {
  const int64_t columns = static_cast<int64_t>(bins.size());
  BinnedTable binned;
  binned.rows = table->rows;
  binned.stride = RowStride(columns);
  binned.by_column.resize(static_cast<size_t>(columns * table->rows + kReadableBeyond));
  for (int64_t column = 0; column < columns; ++column) {
    uint8_t* out = binned.by_column.data() + column * binned.rows;
    std::vector<float>& values = table->columns[column].values;
    ParallelRanges(binned.rows, 4 * kRowGrain, [&](int64_t begin, int64_t end, int) {
      BinValues(bins[column], values.data() + begin, end - begin, out + begin);
    });
    std::vector<float>().swap(values);
  }
  binned.by_row.resize(static_cast<size_t>(binned.rows * binned.stride));
  ParallelRanges(binned.rows, kRowGrain, [&](int64_t begin, int64_t end, int) {
    // Few enough rows to stay in the first-level cache while their columns come in.
    constexpr int64_t kTogether = 256;
    for (int64_t row = begin; row < end; row += kTogether) {
      for (int64_t column = 0; column < columns; ++column) {
        Spread(binned.Column(column) + row, std::min(kTogether, end - row), binned.stride,
               binned.by_row.data() + row * binned.stride + column);
      }
    }
  });
  return binned;
}

BinnedTable BinRows(const std::vector<ColumnBins>& bins, const FeatureTable& table) {
  BinnedTable binned;
  binned.rows = table.rows;
  binned.stride = RowStride(static_cast<int64_t>(bins.size()));
  binned.by_row.resize(static_cast<size_t>(binned.rows * binned.stride));
  ParallelRanges(binned.rows, 256, [&](int64_t begin, int64_t end, int) {
    uint8_t out[256];
    for (size_t column = 0; column < bins.size(); ++column) {
      BinValues(bins[column], table.columns[column].values.data() + begin, end - begin, out);
      Spread(out, end - begin, binned.stride,
             binned.by_row.data() + begin * binned.stride + static_cast<int64_t>(column));
    }
  });
  return binned;
}

}  // namespace tidewright
