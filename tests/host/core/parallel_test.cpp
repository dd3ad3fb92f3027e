#include "host/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace tidewright {
namespace {

class ParallelLoops : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { SetNumThreads(GetParam()); }
  void TearDown() override { SetNumThreads(0); }
};

TEST_P(ParallelLoops, VisitEveryBlockOnceOnAThreadInRange) {
  std::vector<std::atomic<int>> visits(1000);
  ParallelBlocks(1000, [&](int64_t block, int thread) {
    EXPECT_GE(thread, 0);
    EXPECT_LT(thread, GetParam());
    ++visits[static_cast<size_t>(block)];
  });
  for (const std::atomic<int>& count : visits) EXPECT_EQ(count, 1);
}

TEST_P(ParallelLoops, CutRangesAtTheGrain) {
  std::vector<std::atomic<int>> visits(103);
  ParallelRanges(103, 10, [&](int64_t begin, int64_t end, int) {
    EXPECT_EQ(begin % 10, 0);
    EXPECT_LE(end - begin, 10);
    for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
  });
  for (const std::atomic<int>& count : visits) EXPECT_EQ(count, 1);
  ParallelRanges(0, 10, [](int64_t, int64_t, int) { FAIL() << "there is nothing to visit"; });
}

TEST_P(ParallelLoops, RethrowTheFirstExceptionAndAreUsableAfterwards) {
  const auto failing = [](int64_t block, int) {
    if (block == 17) throw std::runtime_error("block 17");
  };
  EXPECT_THROW(ParallelBlocks(100, failing), std::runtime_error);
  std::atomic<int> visits{0};
  ParallelBlocks(100, [&](int64_t, int) { ++visits; });
  EXPECT_EQ(visits, 100);
}

TEST_P(ParallelLoops, RunInsideOneAnother) {
  std::atomic<int> visits{0};
  ParallelBlocks(10, [&](int64_t, int) {
    ParallelBlocks(10, [&](int64_t, int thread) {
      EXPECT_EQ(thread, 0);
      ++visits;
    });
  });
  EXPECT_EQ(visits, 100);
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelLoops, ::testing::Values(1, 2, 8));

}  // namespace
}  // namespace tidewright
