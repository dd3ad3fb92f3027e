#include "cuda/topk/top_k_kernels.cuh"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

// The twin's own source, compiled for the emulator; what it takes of cuda/core is compiled in
// ials_solver_test.cpp.
#include "cuda/topk/top_k_cuda.cpp"
#include "host/core/errors.h"
#include "host/core/random.h"
#include "host/data/interactions.h"
#include "host/linalg/top_k.h"

// Top-k on the emulator, compared with the CPU twin. Queries and items are small whole numbers, so
// that scores are exact and ties are many.

namespace tidewright {
namespace {

using emulation::Order;

int Whole(uint64_t stream, uint64_t index, int bound) {
  return static_cast<int>(UniformBelow(Philox(11, stream, index), static_cast<uint64_t>(bound)));
}

struct Case {
  Case(int64_t queries_, int64_t items_, int k_, int range) : items(items_), k(k_) {
    for (int64_t i = 0; i < queries_ * kFactors; ++i) queries.push_back(Whole(1, i, range) - 1.0f);
    for (int64_t i = 0; i < items * kFactors; ++i) table.push_back(Whole(2, i, range) - 1.0f);
    for (int64_t i = 0; i < items; ++i) denied.push_back(Whole(3, i, 10) == 0 ? 1 : 0);
    masked.rows = relevant.rows = queries_;
    masked.cols = relevant.cols = items;
    for (int64_t query = 0; query < queries_; ++query) {
      for (int64_t item = 0; item < items; ++item) {
        const int draw = Whole(4, query * items + item, 24);
        if (draw < 3) masked.ids.push_back(static_cast<int32_t>(item));
        if (draw == 3 || (query == 1 && draw == 4)) {
          relevant.ids.push_back(static_cast<int32_t>(item));
        }
      }
      masked.offsets.push_back(masked.nnz());
      relevant.offsets.push_back(relevant.nnz());
    }
  }

  TopKRequest request() const {
    TopKRequest request;
    request.queries = queries.data();
    request.count = masked.rows;
    request.items = table.data();
    request.item_count = items;
    request.factors = kFactors;
    request.masked = masked.view();
    request.denied = denied.data();
    request.k = k;
    request.relevant = relevant.view();
    return request;
  }

  static constexpr int64_t kFactors = 3;
  int64_t items;
  int k;
  std::vector<float> queries;
  std::vector<float> table;
  std::vector<uint8_t> denied;
  Csr masked;
  Csr relevant;
};

Order rank_order = Order::kForward;

}  // namespace

void LaunchRank(const DeviceContext&, const ScoreRows& rows, int64_t count, int k,
                const RankedRows& ranked) {
  const auto launch = [&](const std::function<void()>& body) {
    emulation::Launch({static_cast<unsigned>(count), 1, 1}, kTopKThreads, 0, rank_order, body);
  };
  if (ranked.saved != nullptr) launch([&] { SaveRelevantKernel(rows, ranked.saved); });
  launch([&] { MaskKernel(rows); });
  launch([&] { SelectTopKKernel(rows, k, ranked.ids, ranked.scores); });
  if (ranked.saved == nullptr) return;
  launch([&] { CountAboveKernel(rows, ranked.saved, ranked.higher, ranked.equal); });
}

namespace {

class TopKOnTheEmulator : public ::testing::Test {
 protected:
  void SetUp() override {
    emulation::device = {};
    rank_order = Order::kForward;
  }
  void TearDown() override { EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked"; }

  static void ExpectTheCpusAnswer(const TopKRequest& request, const TopKBlocks& blocks) {
    const DeviceContext context(0);
    const TopKResult expected = TopKCpu(request);
    const TopKResult result = TopKCuda(context, request, TopKPlace::kHost, blocks);
    EXPECT_EQ(result.ids, expected.ids);
    EXPECT_EQ(result.scores, expected.scores);
    EXPECT_EQ(result.higher, expected.higher);
    EXPECT_EQ(result.equal, expected.equal);
  }
};

TEST_F(TopKOnTheEmulator, GivesTheAnswerOfTheCpu) {
  TopKBlocks pairs;
  pairs.most_queries = 2;
  // Few distinct scores and many; more wanted than are left; a single one; more than one pass of
  // the sort.
  for (const Case& given : {Case(3, 300, 10, 3), Case(2, 500, 100, 40), Case(3, 40, 64, 3),
                            Case(1, 257, 1, 5), Case(1, 1100, 1024, 9)}) {
    for (const Order order : {Order::kForward, Order::kShuffled}) {
      rank_order = order;
      ExpectTheCpusAnswer(given.request(), pairs);
    }
  }
}

TEST_F(TopKOnTheEmulator, ItemsWithoutRoomComeBlockByBlock) {
  const Case given(3, 2000, 10, 3);
  TopKRequest request = given.request();
  request.masked = {};
  request.relevant = {};
  request.denied = nullptr;
  TopKBlocks blocks;
  blocks.most_queries = 1;
  blocks.item_floats = 320 * Case::kFactors;
  // The items take 24,000 bytes.
  const int64_t least = TopKBytes(3, given.items, Case::kFactors, given.k, blocks);
  ASSERT_LT(least, 4 * given.items * Case::kFactors);
  emulation::device.free_bytes = static_cast<size_t>(least);
  ExpectTheCpusAnswer(request, blocks);
  EXPECT_EQ(emulation::device.most_pool_bytes, emulation::device.free_bytes);
  emulation::device.free_bytes -= 1;
  const DeviceContext context(0);
  EXPECT_THROW(TopKCuda(context, request, TopKPlace::kHost, blocks), DeviceError);
}

TEST(CandidateKey, GivesBackItsScoreAndSortsBestFirst) {
  const std::vector<float> falling{3e38f, 1.5f, 1e-40f, 0.0f, -1e-40f, -2.0f, -3e38f};
  for (size_t i = 0; i < falling.size(); ++i) {
    const uint64_t key = CandidateKey(falling[i], static_cast<int32_t>(i));
    EXPECT_EQ(CandidateScore(key), falling[i]);
    EXPECT_EQ(CandidateItem(key), static_cast<int32_t>(i));
    if (i > 0) {
      EXPECT_LT(CandidateKey(falling[i - 1], 1 << 30), CandidateKey(falling[i], 0));
    }
  }
  EXPECT_EQ(CandidateKey(-0.0f, 5), CandidateKey(0.0f, 5));
  EXPECT_LT(CandidateKey(1.0f, 4), CandidateKey(1.0f, 5));
}

}  // namespace
}  // namespace tidewright
