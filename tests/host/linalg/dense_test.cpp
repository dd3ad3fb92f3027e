#include "host/linalg/dense.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/linalg/packed.h"
#include "host/linalg/simd.h"
#include "tests/host/linalg/random_floats.h"

namespace tidewright {
namespace {

// Every kernel on every instruction set of this CPU, at sizes on, below and above the tile's.
class DenseKernels : public ::testing::TestWithParam<std::tuple<std::string, int64_t>> {
 protected:
  void SetUp() override { PinSimdTarget(std::get<0>(GetParam())); }
  int64_t n() const { return std::get<1>(GetParam()); }
};

TEST_P(DenseKernels, GatherAndSyrkMatchTheDefinition) {
  const int64_t rows = 150;
  const AlignedVector<float> factors = RandomFloats(rows * n(), 1);
  const std::vector<int32_t> ids = {3, 149, 0, 3, 77, 12, 91, 5, 140, 66, 2};
  const int64_t count = static_cast<int64_t>(ids.size());
  const AlignedVector<float> scale = RandomFloats(count, 2);
  const AlignedVector<float> target = RandomFloats(count, 3);
  const AlignedVector<float> base = RandomFloats(PackedFloats(n()), 4);
  AlignedVector<float> panel(static_cast<size_t>(PanelFloats(n())), 0.0f);
  AlignedVector<float> packed(base.size());
  std::vector<double> rhs(static_cast<size_t>(n()), 0.5);
  GatherPanel(factors.data(), n(), ids.data(), count, scale.data(), target.data(), panel.data(),
              rhs.data());
  SyrkPanel(n(), panel.data(), count, base.data(), packed.data());
  for (int64_t i = 0; i < n(); ++i) {
    double expected_rhs = 0.5;
    for (int64_t k = 0; k < count; ++k) {
      expected_rhs += static_cast<double>(target[k]) * scale[k] * factors[ids[k] * n() + i];
    }
    EXPECT_NEAR(rhs[i], expected_rhs, 1e-5);
    for (int64_t j = i; j < n(); ++j) {
      double expected = base[PackedIndex(i, j)];
      for (int64_t k = 0; k < count; ++k) {
        expected += static_cast<double>(scale[k]) * scale[k] * factors[ids[k] * n() + i] *
                    factors[ids[k] * n() + j];
      }
      ASSERT_NEAR(packed[PackedIndex(i, j)], expected, 2e-5) << i << "," << j;
    }
  }
}

TEST_P(DenseKernels, CholeskySolveLeavesASmallResidual) {
  const int64_t rows = 2 * n() + 5;
  const AlignedVector<float> factors = RandomFloats(rows * n(), 5);
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(n())));
  PackedGramian(factors.data(), rows, n(), packed.data());
  const AlignedVector<float> original = packed;
  const AlignedVector<float> rhs = RandomFloats(n(), 6);
  AlignedVector<float> x(static_cast<size_t>(n()));
  AlignedVector<float> work(static_cast<size_t>(3 * kTile * TilesOf(n())));
  const float shift = 0.25f;
  ASSERT_TRUE(CholeskySolve(n(), packed.data(), shift, rhs.data(), x.data(), work.data()));
  for (int64_t i = 0; i < n(); ++i) {
    double sum = shift * static_cast<double>(x[i]);
    double magnitude = 1;
    for (int64_t j = 0; j < n(); ++j) {
      const double term =
          static_cast<double>(original[PackedIndex(std::min(i, j), std::max(i, j))]) * x[j];
      sum += term;
      magnitude += std::abs(term);
    }
    // Backward stable: the residual is of the order of n rounding errors of the row's terms.
    ASSERT_NEAR(sum, rhs[i], 1e-7 * static_cast<double>(n()) * magnitude) << i;
  }
}

TEST_P(DenseKernels, CholeskyRefusesAnIndefiniteMatrix) {
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(n())), 0.0f);
  for (int64_t i = 0; i < n(); ++i) packed[PackedIndex(i, i)] = i == n() - 1 ? -1.0f : 1.0f;
  const AlignedVector<float> rhs(static_cast<size_t>(n()), 1.0f);
  AlignedVector<float> x(static_cast<size_t>(n()));
  AlignedVector<float> work(static_cast<size_t>(3 * kTile * TilesOf(n())));
  EXPECT_FALSE(CholeskySolve(n(), packed.data(), 0.5f, rhs.data(), x.data(), work.data()));
}

TEST_P(DenseKernels, GramianIsTheSameForAnyNumberOfThreads) {
  const int64_t rows = 1000;
  const AlignedVector<float> factors = RandomFloats(rows * n(), 9);
  std::vector<float> one(static_cast<size_t>(n() * n()));
  std::vector<float> three(one.size());
  SetNumThreads(1);
  Gramian(factors.data(), rows, n(), one.data());
  SetNumThreads(3);
  Gramian(factors.data(), rows, n(), three.data());
  SetNumThreads(0);
  EXPECT_EQ(one, three);
  for (int64_t j = 0; j < n(); ++j) {
    double expected = 0;
    for (int64_t k = 0; k < rows; ++k) {
      expected += static_cast<double>(factors[k * n()]) * factors[k * n() + j];
    }
    ASSERT_NEAR(one[j], expected, 1e-3) << j;
    ASSERT_EQ(one[j], one[j * n()]);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, DenseKernels,
                         ::testing::Combine(::testing::ValuesIn(AvailableSimdTargets()),
                                            ::testing::Values(8, 20, 32, 33, 64, 100, 136)),
                         TargetAndSize);

TEST(SimdTarget, RefusesOneThisCpuLacks) { EXPECT_THROW(PinSimdTarget("AVX9"), UsageError); }

}  // namespace
}  // namespace tidewright
