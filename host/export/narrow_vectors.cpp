#include "host/export/narrow_vectors.h"

#include <algorithm>
#include <cmath>

#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kRowsAtOnce = 1024;
constexpr int64_t kNumbersAtOnce = int64_t{1} << 17;

}  // namespace

HalfRows NarrowToHalf(const float* rows, int64_t count, int64_t dimension,
                      const std::string& what) {
  HalfRows narrow;
  narrow.values.resize(static_cast<size_t>(count * dimension));
  ParallelRanges(count, kRowsAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t at = begin * dimension; at < end * dimension; ++at) {
      Narrow(rows[at], &narrow.values[static_cast<size_t>(at)]);
    }
  });
  for (size_t at = 0; at < narrow.values.size(); ++at) {
    if (std::isfinite(Widen(narrow.values[at]))) continue;
    throw UsageError("--precision fp16: " + what + " row " +
                     std::to_string(static_cast<int64_t>(at) / dimension) +
                     " has a number beyond 65504, which fp16 does not hold; use int8 or fp32");
  }
  return narrow;
}

AlignedVector<float> ReadBack(const HalfRows& narrow) {
  AlignedVector<float> rows(narrow.values.size());
  ParallelRanges(static_cast<int64_t>(rows.size()), kNumbersAtOnce,
                 [&](int64_t begin, int64_t end, int) {
                   for (int64_t at = begin; at < end; ++at) {
                     rows[static_cast<size_t>(at)] = Widen(narrow.values[static_cast<size_t>(at)]);
                   }
                 });
  return rows;
}

ByteRows NarrowToBytes(const float* rows, int64_t count, int64_t dimension) {
  ByteRows narrow;
  narrow.values.resize(static_cast<size_t>(count * dimension));
  narrow.scales.resize(static_cast<size_t>(count));
  ParallelRanges(count, kRowsAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      const float* from = rows + row * dimension;
      float largest = 0;
      for (int64_t k = 0; k < dimension; ++k) largest = std::max(largest, std::abs(from[k]));
      const float scale = largest / 127;
      narrow.scales[static_cast<size_t>(row)] = scale;
      for (int64_t k = 0; k < dimension; ++k) {
        const float steps = scale > 0 ? std::nearbyint(from[k] / scale) : 0;
        const auto at = static_cast<size_t>(row * dimension + k);
        narrow.values[at] = static_cast<int8_t>(std::clamp(steps, -127.0f, 127.0f));
      }
    }
  });
  return narrow;
}

AlignedVector<float> ReadBack(const ByteRows& narrow) {
  AlignedVector<float> rows(narrow.values.size());
  const auto count = static_cast<int64_t>(narrow.scales.size());
  const int64_t dimension = count > 0 ? static_cast<int64_t>(rows.size()) / count : 0;
  ParallelRanges(count, kRowsAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t k = 0; k < dimension; ++k) {
        const auto at = static_cast<size_t>(row * dimension + k);
        rows[at] = static_cast<float>(narrow.values[at]) * narrow.scales[static_cast<size_t>(row)];
      }
    }
  });
  return rows;
}

ColumnCodes NarrowToColumnCodes(const float* rows, int64_t count, int64_t dimension) {
  ColumnCodes narrow;
  narrow.ranges.assign(static_cast<size_t>(2 * dimension), 0);
  narrow.codes.resize(static_cast<size_t>(count * dimension));
  narrow.read.resize(narrow.codes.size());
  if (count == 0) return narrow;
  float* least = narrow.ranges.data();
  float* width = least + dimension;
  std::vector<float> most(rows, rows + dimension);
  std::copy_n(rows, dimension, least);
  for (int64_t row = 1; row < count; ++row) {
    for (int64_t k = 0; k < dimension; ++k) {
      least[k] = std::min(least[k], rows[row * dimension + k]);
      most[static_cast<size_t>(k)] =
          std::max(most[static_cast<size_t>(k)], rows[row * dimension + k]);
    }
  }
  for (int64_t k = 0; k < dimension; ++k) width[k] = most[static_cast<size_t>(k)] - least[k];
  ParallelRanges(count, kRowsAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t k = 0; k < dimension; ++k) {
        const auto at = static_cast<size_t>(row * dimension + k);
        const float place = width[k] > 0 ? (rows[at] - least[k]) / width[k] : 0;
        narrow.codes[at] = static_cast<uint8_t>(255 * std::clamp(place, 0.0f, 1.0f));
        narrow.read[at] = least[k] + (static_cast<float>(narrow.codes[at]) + 0.5f) / 255 * width[k];
      }
    }
  });
  return narrow;
}

}  // namespace tidewright
