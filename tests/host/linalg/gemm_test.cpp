#include "host/linalg/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "host/core/aligned.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/linalg/packed.h"
#include "host/linalg/simd.h"
#include "tests/host/linalg/random_floats.h"

namespace tidewright {
namespace {

// Every kernel on every instruction set of this CPU; the common dimension on, below and above the
// tile's and the cache block's.
class Gemm : public ::testing::TestWithParam<std::tuple<std::string, int64_t>> {
 protected:
  void SetUp() override { PinSimdTarget(std::get<0>(GetParam())); }
  int64_t k() const { return std::get<1>(GetParam()); }

  // c[m x n] (stride ldc) against a[m x k] b[k x n] in double; what lies beyond n is untouched.
  void ExpectProduct(int64_t m, int64_t n, const float* a, int64_t lda, const float* b, int64_t ldb,
                     const AlignedVector<float>& c, int64_t ldc) const {
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        double expected = 0;
        for (int64_t s = 0; s < k(); ++s) {
          expected += static_cast<double>(a[i * lda + s]) * static_cast<double>(b[s * ldb + j]);
        }
        ASSERT_NEAR(c[i * ldc + j], expected, 1e-6 * static_cast<double>(k())) << i << "," << j;
      }
      for (int64_t j = n; j < ldc; ++j) ASSERT_EQ(c[i * ldc + j], -7.0f) << i << "," << j;
    }
  }
};

TEST_P(Gemm, ProductsWithAPackedMatrixMatchTheDefinition) {
  for (const auto& [m, n] :
       std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {1, 64}, {7, 33}, {32, 100}, {45, 32}}) {
    const int64_t lda = k() + 3;
    const int64_t ldb = n + 2;
    const int64_t ldc = n + 5;
    const AlignedVector<float> a = RandomFloats(m * lda, 1);
    const AlignedVector<float> b = RandomFloats(k() * ldb, 2);
    PackedMatrix packed;
    packed.Pack(k(), n, b.data(), ldb);
    AlignedVector<float> c(static_cast<size_t>(m * ldc), -7.0f);
    GemmPacked(m, a.data(), lda, packed, c.data(), ldc);
    ExpectProduct(m, n, a.data(), lda, b.data(), ldb, c, ldc);

    AlignedVector<float> transposed(static_cast<size_t>(n * (k() + 1)));
    for (int64_t s = 0; s < k(); ++s) {
      for (int64_t j = 0; j < n; ++j) transposed[j * (k() + 1) + s] = b[s * ldb + j];
    }
    packed.PackTransposed(k(), n, transposed.data(), k() + 1);
    AlignedVector<float> again(c.size(), -7.0f);
    GemmPacked(m, a.data(), lda, packed, again.data(), ldc);
    EXPECT_EQ(c, again);
    std::fill(again.begin(), again.end(), -7.0f);
    GemmNT(m, n, k(), a.data(), lda, transposed.data(), k() + 1, again.data(), ldc);
    EXPECT_EQ(c, again);
  }
}

TEST_P(Gemm, ASymmetricMatrixIsPackedFromItsUpperTiles) {
  const int64_t n = k();
  AlignedVector<float> full = RandomFloats(n * n, 3);
  AlignedVector<float> upper(static_cast<size_t>(PackedFloats(n)), 1e30f);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = i; j < n; ++j) {
      full[j * n + i] = full[i * n + j];
      upper[PackedIndex(i, j)] = full[i * n + j];
    }
  }
  PackedMatrix expected;
  PackedMatrix packed;
  expected.Pack(n, n, full.data(), n);
  packed.PackSymmetric(n, upper.data());
  for (int64_t tile = 0; tile < TilesOf(n); ++tile) {
    ASSERT_TRUE(std::equal(expected.tile(tile), expected.tile(tile) + n * kTile, packed.tile(tile)))
        << tile;
  }
}

TEST_P(Gemm, AnElementDependsOnItsRowAndColumnAlone) {
  const int64_t m = 39;
  const int64_t n = 70;
  const AlignedVector<float> a = RandomFloats(m * k(), 4);
  const AlignedVector<float> b = RandomFloats(k() * n, 5);
  PackedMatrix packed;
  packed.Pack(k(), n, b.data(), n);
  AlignedVector<float> all(static_cast<size_t>(m * n));
  GemmPacked(m, a.data(), k(), packed, all.data(), n);
  for (int64_t row = 0; row < m; ++row) {
    AlignedVector<float> one(static_cast<size_t>(n));
    GemmPacked(1, a.data() + row * k(), k(), packed, one.data(), n);
    ASSERT_TRUE(std::equal(one.begin(), one.end(), all.begin() + row * n)) << row;
  }
  AlignedVector<float> last(static_cast<size_t>(m * 38));
  GemmPackedPart(m, a.data(), k(), packed, {0, k(), 1, 3}, last.data(), 38);
  for (int64_t row = 0; row < m; ++row) {
    ASSERT_TRUE(std::equal(last.begin() + row * 38, last.begin() + (row + 1) * 38,
                           all.begin() + row * n + 32));
  }
}

TEST_P(Gemm, PartsOfTheCommonDimensionAddUp) {
  const int64_t m = 9;
  const int64_t n = 40;
  const AlignedVector<float> a = RandomFloats(m * k(), 6);
  const AlignedVector<float> b = RandomFloats(k() * n, 7);
  PackedMatrix packed;
  packed.Pack(k(), n, b.data(), n);
  const int64_t middle = k() / 3;
  AlignedVector<float> sum(static_cast<size_t>(m * n));
  AlignedVector<float> rest(sum.size());
  GemmPackedPart(m, a.data(), k(), packed, {0, middle, 0, 2}, sum.data(), n);
  GemmPackedPart(m, a.data() + middle, k(), packed, {middle, k(), 0, 2}, rest.data(), n);
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += rest[i];
  ExpectProduct(m, n, a.data(), k(), b.data(), n, sum, n);
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, Gemm,
                         ::testing::Combine(::testing::ValuesIn(AvailableSimdTargets()),
                                            ::testing::Values(1, 8, 20, 33, 64, 100, 256, 261)),
                         TargetAndSize);

}  // namespace
}  // namespace tidewright
