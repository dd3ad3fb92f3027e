#ifndef TIDEWRIGHT_TESTS_HOST_LINALG_RANDOM_FLOATS_H_
#define TIDEWRIGHT_TESTS_HOST_LINALG_RANDOM_FLOATS_H_

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "host/core/aligned.h"
#include "host/core/random.h"

namespace tidewright {

// `count` numbers in [-1, 1), given by `seed`.
inline AlignedVector<float> RandomFloats(int64_t count, uint64_t seed) {
  AlignedVector<float> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    values[i] = 2.0f * UniformFloat(Philox(seed, 99, static_cast<uint64_t>(i)).word[0]) - 1.0f;
  }
  return values;
}

// "AVX2_64": an instruction set and a size.
inline std::string TargetAndSize(
    const ::testing::TestParamInfo<std::tuple<std::string, int64_t>>& info) {
  return std::get<0>(info.param) + "_" + std::to_string(std::get<1>(info.param));
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_HOST_LINALG_RANDOM_FLOATS_H_
