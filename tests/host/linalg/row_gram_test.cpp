#include "host/linalg/row_gram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/errors.h"
#include "host/core/random.h"
#include "host/linalg/eigen.h"
#include "host/linalg/packed.h"
#include "host/linalg/simd.h"
#include "tests/host/linalg/random_floats.h"

namespace tidewright {
namespace {

struct Shape {
  int64_t n;
  int64_t count;
};

// Every kernel on every instruction set of this CPU: lengths on and off the vectors, beyond the
// depth that is worked on at a time, and counts around the tiles of registers and of 32 columns.
class RowGramKernels : public ::testing::TestWithParam<std::tuple<std::string, Shape>> {
 protected:
  void SetUp() override {
    PinSimdTarget(std::get<0>(GetParam()));
    const auto [n, count] = std::get<1>(GetParam());
    n_ = n;
    count_ = count;
    stride_ = (n + 15) / 16 * 16;
    factors_ = RandomFloats(50 * stride_, 1);
    for (int64_t k = 0; k < count; ++k) ids_.push_back(static_cast<int32_t>(k * 17 % 50));
    row_scale_ = RandomFloats(count, 2);
    column_scale_ = RandomFloats(RowPanelStride(n), 3);
    for (int64_t k = n; k < stride_; ++k) column_scale_[k] = 0;
    // What a kernel must overwrite or never read.
    panel_.assign(static_cast<size_t>(RowPanelFloats(count, n)),
                  std::numeric_limits<float>::quiet_NaN());
    GatherRows(factors_.data(), stride_, n, ids_.data(), count, row_scale_.data(),
               column_scale_.data(), panel_.data());
  }

  double Expected(int64_t row, int64_t k) const {
    return static_cast<double>(row_scale_[row]) * column_scale_[k] *
           factors_[ids_[row] * stride_ + k];
  }

  int64_t n_ = 0, count_ = 0, stride_ = 0;
  std::vector<int32_t> ids_;
  AlignedVector<float> factors_, row_scale_, column_scale_, panel_;
};

TEST_P(RowGramKernels, TheGramIsThatOfTheScaledRowsAndSolves) {
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(count_)), 0.5f);
  RowGram(panel_.data(), n_, count_, packed.data(),
          {factors_.data(), ids_.data(), count_, stride_});
  for (int64_t i = 0; i < count_; ++i) {
    for (int64_t j = i; j < count_; ++j) {
      double expected = 0;
      for (int64_t k = 0; k < n_; ++k) expected += Expected(i, k) * Expected(j, k);
      ASSERT_NEAR(packed[PackedIndex(i, j)], expected, 1e-5 * std::sqrt(n_)) << i << "," << j;
    }
  }
  const AlignedVector<float> gram = packed;
  const AlignedVector<float> rhs = RandomFloats(count_, 4);
  std::vector<float> x(static_cast<size_t>(count_));
  AlignedVector<float> work(static_cast<size_t>(3 * kTile * TilesOf(count_)));
  ASSERT_TRUE(CholeskySolve(count_, packed.data(), 1.0f, rhs.data(), x.data(), work.data()));
  for (int64_t i = 0; i < count_; ++i) {
    double left = x[i];
    for (int64_t j = 0; j < count_; ++j) {
      left += static_cast<double>(gram[PackedIndex(std::min(i, j), std::max(i, j))]) * x[j];
    }
    EXPECT_NEAR(left, rhs[i], 2e-3);
  }
}

TEST_P(RowGramKernels, CombinedRowsAreTheWeightedSum) {
  const AlignedVector<float> weights = RandomFloats(count_, 5);
  AlignedVector<float> y(static_cast<size_t>(stride_));
  const float squares =
      CombineRows(panel_.data(), n_, count_, weights.data(), column_scale_.data(), y.data());
  double norm = 0;
  for (int64_t k = 0; k < n_; ++k) {
    double expected = 0;
    for (int64_t row = 0; row < count_; ++row) expected += weights[row] * Expected(row, k);
    expected *= static_cast<double>(column_scale_[k]);
    ASSERT_NEAR(y[k], expected, 1e-5);
    norm += expected * expected;
  }
  EXPECT_NEAR(squares, norm, 1e-5 * (norm + 1));
}

TEST_P(RowGramKernels, InverseRootsOfAnInfiniteValueAreZero) {
  AlignedVector<float> values = RandomFloats(stride_, 6);
  for (float& value : values) value = value * value;
  values.back() = std::numeric_limits<float>::infinity();
  AlignedVector<float> roots(values.size());
  InverseRoots(values.data(), stride_, 0.25f, roots.data());
  EXPECT_EQ(roots.back(), 0.0f);
  for (size_t k = 0; k + 1 < values.size(); ++k) {
    EXPECT_NEAR(roots[k], 1 / std::sqrt(static_cast<double>(values[k]) + 0.25), 1e-6);
  }
}

std::string TargetAndShape(const ::testing::TestParamInfo<RowGramKernels::ParamType>& info) {
  const Shape shape = std::get<1>(info.param);
  return std::get<0>(info.param) + "_" + std::to_string(shape.n) + "_" +
         std::to_string(shape.count);
}

INSTANTIATE_TEST_SUITE_P(
    EveryTarget, RowGramKernels,
    ::testing::Combine(::testing::ValuesIn(AvailableSimdTargets()),
                       ::testing::Values(Shape{8, 1}, Shape{20, 4}, Shape{64, 14}, Shape{33, 31},
                                         Shape{100, 32}, Shape{128, 37}, Shape{600, 70})),
    TargetAndShape);

TEST(SymmetricEigen, TheVectorsDiagonalizeTheMatrix) {
  const int64_t n = 40;
  const AlignedVector<float> rows = RandomFloats(n * n, 7);
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(n)), 0.0f);
  std::vector<double> a(static_cast<size_t>(n * n));
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = i; j < n; ++j) {
      packed[PackedIndex(i, j)] = rows[i * n + j];
      a[i * n + j] = a[j * n + i] = static_cast<double>(rows[i * n + j]);
    }
  }
  const SymmetricEigen eigen = DecomposeSymmetric(n, packed.data());
  for (int64_t k = 0; k < n; ++k) {
    if (k > 0) {
      EXPECT_LE(eigen.values[k - 1], eigen.values[k]);
    }
    for (int64_t i = 0; i < n; ++i) {
      double left = 0;
      for (int64_t j = 0; j < n; ++j) left += a[i * n + j] * eigen.vectors[j * n + k];
      EXPECT_NEAR(left, eigen.values[k] * eigen.vectors[i * n + k], 1e-5);
    }
    double norm = 0;
    for (int64_t i = 0; i < n; ++i) norm += std::pow(eigen.vectors[i * n + k], 2);
    EXPECT_NEAR(norm, 1, 1e-6);
  }
}

TEST(SymmetricEigen, RefusesWhatIsNotFinite) {
  AlignedVector<float> packed(static_cast<size_t>(PackedFloats(3)), 1.0f);
  packed[PackedIndex(1, 2)] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(DecomposeSymmetric(3, packed.data()), DataError);
}

}  // namespace
}  // namespace tidewright
