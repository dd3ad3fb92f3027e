#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/random.h"
#include "tests/support/ials_reference.h"
#include "tests/support/tolerances.h"

namespace tidewright {
namespace {

class GpuTopK : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

std::vector<float> Draws(int64_t count, uint64_t stream, bool whole) {
  std::vector<float> draws;
  for (int64_t i = 0; i < count; ++i) {
    const PhiloxDraw draw = Philox(9, stream, static_cast<uint64_t>(i));
    draws.push_back(whole ? static_cast<float>(UniformBelow(draw, 5)) - 2.0f
                          : UniformFloat(draw.word[0]) - 0.5f);
  }
  return draws;
}

TEST_F(GpuTopK, WholeNumbersGiveTheCpusAnswerToTheLast) {
  constexpr int64_t kQueries = 300;
  constexpr int64_t kItems = 5000;
  for (const int64_t factors : {7, 64}) {
    const std::vector<float> queries = Draws(kQueries * factors, 1, true);
    const std::vector<float> items = Draws(kItems * factors, 2, true);
    const Interactions masked = RandomInteractions(kQueries, kItems, 0.02, 3);
    const Interactions relevant = RandomInteractions(kQueries, kItems, 0.005, 4);
    std::vector<uint8_t> denied(kItems, 0);
    for (size_t i = 0; i < denied.size(); i += 11) denied[i] = 1;
    for (const int k : {1, 20, 1000}) {
      TopKRequest request;
      request.queries = queries.data();
      request.count = kQueries;
      request.items = items.data();
      request.item_count = kItems;
      request.factors = factors;
      request.masked = masked.by_user.view();
      request.relevant = relevant.by_user.view();
      request.denied = denied.data();
      request.k = k;
      const TopKResult cpu = CpuBackend().top_k(request);
      const TopKResult cuda = CudaBackend().top_k(request);
      EXPECT_EQ(cuda.ids, cpu.ids);
      EXPECT_EQ(cuda.scores, cpu.scores);
      EXPECT_EQ(cuda.higher, cpu.higher);
      EXPECT_EQ(cuda.equal, cpu.equal);
    }
  }
}

TEST_F(GpuTopK, RealNumbersGiveTheCpusScores) {
  constexpr int64_t kQueries = 10000;  // more than one batch
  constexpr int64_t kItems = 9000;
  constexpr int64_t kFactors = 64;
  const std::vector<float> queries = Draws(kQueries * kFactors, 1, false);
  const std::vector<float> items = Draws(kItems * kFactors, 2, false);
  TopKRequest request;
  request.queries = queries.data();
  request.count = kQueries;
  request.items = items.data();
  request.item_count = kItems;
  request.factors = kFactors;
  request.k = 20;
  const TopKResult cpu = CpuBackend().top_k(request);
  const TopKResult cuda = CudaBackend().top_k(request);
  ASSERT_EQ(cuda.scores.size(), cpu.scores.size());
  double worst = 0;
  for (size_t i = 0; i < cpu.scores.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(cuda.scores[i]) - cpu.scores[i]));
  }
  EXPECT_LT(worst, kScoreTolerance);
  EXPECT_EQ(CudaBackend().top_k(request).ids, cuda.ids);
}

TEST_F(GpuTopK, ItemsThatAreAllMaskedLeaveEmptyPlaces) {
  const std::vector<float> queries{1.0f, 2.0f};
  const std::vector<float> items{1.0f, 2.0f, 3.0f};
  const std::vector<uint8_t> denied{1, 0, 1};
  TopKRequest request;
  request.queries = queries.data();
  request.count = 2;
  request.items = items.data();
  request.item_count = 3;
  request.factors = 1;
  request.denied = denied.data();
  request.k = 2;
  const TopKResult result = CudaBackend().top_k(request);
  EXPECT_EQ(result.ids, (std::vector<int32_t>{1, -1, 1, -1}));
}

}  // namespace
}  // namespace tidewright
