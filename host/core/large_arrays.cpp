#include "host/core/large_arrays.h"

#include <atomic>
#include <bit>

#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kNumbersPerRange = int64_t{1} << 20;
constexpr uint32_t kExponent = 0x7f800000;  // all ones where a number is not finite

}  // namespace

bool AllFinite(const float* values, int64_t count) {
  std::atomic<bool> finite{true};
  ParallelRanges(count, kNumbersPerRange, [&](int64_t begin, int64_t end, int) {
    bool bad = false;
    for (int64_t i = begin; i < end; ++i) {
      bad |= (std::bit_cast<uint32_t>(values[i]) & kExponent) == kExponent;
    }
    if (bad) finite = false;
  });
  return finite;
}

void ResizeNumbers(int64_t count, AlignedVector<float>* numbers) {
  numbers->resize(static_cast<size_t>(count));
}

}  // namespace tidewright
