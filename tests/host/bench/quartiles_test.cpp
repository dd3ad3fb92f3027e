#include "host/bench/quartiles.h"

#include <gtest/gtest.h>

namespace tidewright {
namespace {

void ExpectQuartiles(const std::vector<double>& values, const Quartiles& expected) {
  const Quartiles found = QuartilesOf(values);
  EXPECT_DOUBLE_EQ(found.min, expected.min);
  EXPECT_DOUBLE_EQ(found.low, expected.low);
  EXPECT_DOUBLE_EQ(found.median, expected.median);
  EXPECT_DOUBLE_EQ(found.high, expected.high);
  EXPECT_DOUBLE_EQ(found.max, expected.max);
}

// The expected numbers are those of numpy.percentile.
TEST(Quartiles, AreThoseOfTheSortedValues) {
  ExpectQuartiles({5, 1, 4, 2, 3}, {1, 2, 3, 4, 5});
  ExpectQuartiles({10, 1, 7, 4}, {1, 3.25, 5.5, 7.75, 10});
}

TEST(Quartiles, OfOneValueAreThatValue) { ExpectQuartiles({2.5}, {2.5, 2.5, 2.5, 2.5, 2.5}); }

}  // namespace
}  // namespace tidewright
