#include "host/core/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tidewright {
namespace {

constexpr double kUnit = 2.220446049250313e-16;  // in the last place, relative to a number

TEST(PortableMath, LogarithmsAreThoseOfTheMathLibrary) {
  for (int step = 0; step < 20'000; ++step) {
    const double x = std::exp(0.05 * (step - 10'000) + 1e-3 * std::sin(step));
    if (x > 0 && std::isfinite(x)) {
      EXPECT_NEAR(PortableLog(x), std::log(x), 2 * kUnit * std::abs(std::log(x))) << x;
      EXPECT_NEAR(PortableLog1p(x), std::log1p(x), 3 * kUnit * std::log1p(x)) << x;
    }
  }
  for (int count = 1; count < 2'000; ++count) {
    EXPECT_NEAR(PortableLog1p(count), std::log1p(count), 2 * kUnit * std::log1p(count)) << count;
    const double share = 1 - 1.0 / (count + 1);
    EXPECT_NEAR(PortableLog(share), std::log(share), 2 * kUnit * -std::log(share)) << share;
  }
}

TEST(PortableMath, LogarithmsHoldAtTheEnds) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(PortableLog(1), 0);
  EXPECT_EQ(PortableLog(0), -infinity);
  EXPECT_EQ(PortableLog(infinity), infinity);
  EXPECT_TRUE(std::isnan(PortableLog(-1)));
  EXPECT_TRUE(std::isnan(PortableLog(std::nan(""))));
  const double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_NEAR(PortableLog(tiny), std::log(tiny), 1e-12);
  EXPECT_EQ(PortableLog1p(0), 0);
  EXPECT_EQ(PortableLog1p(1e-300), 1e-300);
  EXPECT_EQ(PortableLog1p(infinity), infinity);
  EXPECT_TRUE(std::isnan(PortableLog1p(std::nan(""))));
}

TEST(PortableMath, PowersOfEAreThoseOfTheMathLibrary) {
  for (int step = 0; step < 20'000; ++step) {
    const double x = -0.035 * step;
    EXPECT_NEAR(PortableExpOfNegative(x), std::exp(x), 4 * kUnit * std::exp(x)) << x;
  }
  EXPECT_EQ(PortableExpOfNegative(0), 1);
  EXPECT_EQ(PortableExpOfNegative(-1e9), PortableExpOfNegative(-700));
}

}  // namespace
}  // namespace tidewright
