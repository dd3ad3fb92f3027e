#include "host/core/large_arrays.h"

#include <gtest/gtest.h>

#include <limits>

namespace tidewright {
namespace {

TEST(LargeArrays, OneNumberThatIsNotFiniteIsFoundWhereverItStands) {
  AlignedVector<float> numbers;
  ResizeNumbers((int64_t{1} << 20) + 3, &numbers);
  const auto count = static_cast<int64_t>(numbers.size());
  numbers[7] = std::numeric_limits<float>::max();
  numbers[8] = -std::numeric_limits<float>::denorm_min();
  EXPECT_TRUE(AllFinite(numbers.data(), count));
  EXPECT_TRUE(AllFinite(numbers.data(), 0));
  for (const int64_t at : {int64_t{0}, int64_t{1} << 20, count - 1}) {
    for (const float bad :
         {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
          std::numeric_limits<float>::quiet_NaN()}) {
      numbers[at] = bad;
      EXPECT_FALSE(AllFinite(numbers.data(), count)) << at << " " << bad;
      numbers[at] = 0;
    }
  }
}

}  // namespace
}  // namespace tidewright
