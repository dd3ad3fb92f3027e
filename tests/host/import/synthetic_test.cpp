#include "host/data/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

void ExpectWellFormed(const SyntheticShape& shape, const Csr& matrix) {
  ASSERT_EQ(matrix.rows, shape.users);
  ASSERT_EQ(matrix.cols, shape.items);
  ASSERT_EQ(matrix.nnz(), shape.entries);
  ASSERT_EQ(matrix.values.size(), matrix.ids.size());
  ASSERT_EQ(matrix.offsets.size(), static_cast<size_t>(shape.users) + 1);
  ASSERT_EQ(matrix.offsets.back(), shape.entries);
  for (int64_t user = 0; user < matrix.rows; ++user) {
    ASSERT_LE(matrix.offsets[user], matrix.offsets[user + 1]);
    for (int64_t k = matrix.offsets[user]; k < matrix.offsets[user + 1]; ++k) {
      ASSERT_GE(matrix.ids[k], 0);
      ASSERT_LT(matrix.ids[k], shape.items);
      if (k > matrix.offsets[user]) {
        ASSERT_LT(matrix.ids[k - 1], matrix.ids[k]);
      }
    }
  }
}

TEST(Synthetic, HasExactlyTheEntriesAskedForWithoutDuplicates) {
  const SyntheticShape kShapes[] = {
      {500, 300, 10'000}, {1, 1, 1},       {10, 7, 70}, {10, 7, 69},
      {1000, 50, 1200},   {3, 1000, 2500}, {5, 5, 0},   {40, 2000, 9000, 6.0, 0, 2.0, 100}};
  for (const SyntheticShape& shape : kShapes) {
    ExpectWellFormed(shape, SyntheticInteractions(shape, 7));
  }
}

TEST(Synthetic, TheSameSeedGivesTheSameMatrixOnAnyNumberOfThreads) {
  const SyntheticShape shape{3000, 800, 40'000};
  SetNumThreads(1);
  const Csr expected = SyntheticInteractions(shape, 11);
  for (const int threads : {2, 3, 8}) {
    SetNumThreads(threads);
    const Csr matrix = SyntheticInteractions(shape, 11);
    EXPECT_EQ(matrix.offsets, expected.offsets);
    EXPECT_EQ(matrix.ids, expected.ids);
  }
  SetNumThreads(0);
  EXPECT_NE(SyntheticInteractions(shape, 12).ids, expected.ids);
}

TEST(Synthetic, LengthsAndPopularityAreSkewed) {
  // A tenth of the users of the ml20m shape.
  SyntheticShape shape = NamedSyntheticShape("ml20m");
  shape.users /= 10;
  shape.entries /= 10;
  const Csr matrix = SyntheticInteractions(shape, 1);
  std::vector<int64_t> lengths;
  for (int64_t user = 0; user < matrix.rows; ++user) lengths.push_back(matrix.RowLength(user));
  std::sort(lengths.begin(), lengths.end());
  EXPECT_GE(lengths.front(), 5);
  EXPECT_NEAR(static_cast<double>(lengths[lengths.size() / 2]), 42, 3);
  EXPECT_GT(lengths.back(), 1000);
  EXPECT_LT(lengths.back(), 10'000);

  const Csr by_item = Transpose(matrix);
  std::vector<int64_t> popularity;
  for (int64_t item = 0; item < by_item.rows; ++item) popularity.push_back(by_item.RowLength(item));
  std::sort(popularity.rbegin(), popularity.rend());
  const double users = static_cast<double>(shape.users);
  EXPECT_GT(static_cast<double>(popularity[0]), 0.15 * users);
  EXPECT_LT(static_cast<double>(popularity[0]), 0.5 * users);
  // Far from the head popularity falls with the rank.
  const double ratio =
      static_cast<double>(popularity[1000]) / static_cast<double>(popularity[8000]);
  EXPECT_GT(ratio, 5);
  EXPECT_LT(ratio, 12);
}

TEST(Synthetic, RefusesShapesThatCannotBe) {
  EXPECT_THROW(SyntheticInteractions({0, 5, 0}, 1), UsageError);
  EXPECT_THROW(SyntheticInteractions({5, 5, 26}, 1), UsageError);
  EXPECT_THROW(SyntheticInteractions({5, 5, -1}, 1), UsageError);
  EXPECT_THROW(SyntheticInteractions({5, 5, 5, -1.0}, 1), UsageError);
  EXPECT_THROW(NamedSyntheticShape("ml25m"), UsageError);
}

}  // namespace
}  // namespace tidewright
