#include "host/export/narrow_vectors.h"

#include <algorithm>
#include <cmath>

#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kNarrowedAtOnce = 512;  // rows

// body(row) for each, in parallel.
template <class Body>
void ForRows(int64_t count, const Body& body) {
  ParallelRanges(count, kNarrowedAtOnce, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) body(row);
  });
}

}  // namespace

void NarrowToHalf(const float* rows, int64_t first, int64_t count, int64_t dimension,
                  const std::string& what, Fp16* out) {
  ForRows(count, [&](int64_t row) {
    for (int64_t at = row * dimension; at < (row + 1) * dimension; ++at) {
      Narrow(rows[at], &out[at]);
    }
  });
  for (int64_t at = 0; at < count * dimension; ++at) {
    if (std::isfinite(Widen(out[at]))) continue;
    throw UsageError("--precision fp16: " + what + " row " +
                     std::to_string(first + at / dimension) +
                     " has a number beyond 65504, which fp16 does not hold; use int8 or fp32");
  }
}

void ReadHalf(const Fp16* values, int64_t numbers, float* out) {
  for (int64_t at = 0; at < numbers; ++at) out[at] = Widen(values[at]);
}

void ScaleRows(const float* rows, int64_t count, int64_t dimension, float* scales) {
  ForRows(count, [&](int64_t row) {
    float largest = 0;
    for (int64_t k = 0; k < dimension; ++k) {
      largest = std::max(largest, std::abs(rows[row * dimension + k]));
    }
    scales[row] = largest / 127;
  });
}

void NarrowToBytes(const float* rows, const float* scales, int64_t count, int64_t dimension,
                   int8_t* out) {
  ForRows(count, [&](int64_t row) {
    const float scale = scales[row];
    for (int64_t at = row * dimension; at < (row + 1) * dimension; ++at) {
      const float steps = scale > 0 ? std::nearbyint(rows[at] / scale) : 0;
      out[at] = static_cast<int8_t>(std::clamp(steps, -127.0f, 127.0f));
    }
  });
}

void ReadBytes(const int8_t* values, const float* scales, int64_t count, int64_t dimension,
               float* out) {
  ForRows(count, [&](int64_t row) {
    for (int64_t at = row * dimension; at < (row + 1) * dimension; ++at) {
      out[at] = static_cast<float>(values[at]) * scales[row];
    }
  });
}

ColumnRanges::ColumnRanges(int64_t dimension)
    : least_(static_cast<size_t>(dimension), 0), most_(static_cast<size_t>(dimension), 0) {}

void ColumnRanges::Add(const float* rows, int64_t count) {
  const auto dimension = static_cast<int64_t>(least_.size());
  if (empty_ && count > 0) {
    least_.assign(rows, rows + dimension);
    most_ = least_;
    empty_ = false;
  }
  for (int64_t row = 0; row < count; ++row) {
    for (int64_t k = 0; k < dimension; ++k) {
      least_[k] = std::min(least_[k], rows[row * dimension + k]);
      most_[k] = std::max(most_[k], rows[row * dimension + k]);
    }
  }
}

std::vector<float> ColumnRanges::Trained() const {
  std::vector<float> trained = least_;
  for (size_t k = 0; k < least_.size(); ++k) {
    trained.push_back(WidthOf(static_cast<int64_t>(k)));
  }
  return trained;
}

void ColumnRanges::Narrow(const float* rows, int64_t count, uint8_t* out) const {
  const auto dimension = static_cast<int64_t>(least_.size());
  ForRows(count, [&](int64_t row) {
    for (int64_t k = 0; k < dimension; ++k) {
      const int64_t at = row * dimension + k;
      const float width = WidthOf(k);
      const float place = width > 0 ? (rows[at] - least_[k]) / width : 0;
      out[at] = static_cast<uint8_t>(255 * std::clamp(place, 0.0f, 1.0f));
    }
  });
}

void ColumnRanges::Read(const uint8_t* codes, int64_t count, float* out) const {
  const auto dimension = static_cast<int64_t>(least_.size());
  ForRows(count, [&](int64_t row) {
    for (int64_t k = 0; k < dimension; ++k) {
      const int64_t at = row * dimension + k;
      out[at] = least_[k] + (static_cast<float>(codes[at]) + 0.5f) / 255 * WidthOf(k);
    }
  });
}

}  // namespace tidewright
