#include "cuda/topk/top_k_kernels.cuh"

#include <gtest/gtest.h>

#include <vector>

#include "host/core/random.h"
#include "host/data/interactions.h"
#include "host/linalg/top_k.h"

// The bodies of the top-k kernels, run by the emulator and compared with the CPU twin. Queries and
// items are small whole numbers, so that scores are exact and ties are many.

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

// As TopKCuda enqueues them, the queries in batches of two.
TopKResult RunKernels(const Case& given, Order order) {
  const TopKRequest request = given.request();
  TopKResult result;
  result.ids.resize(static_cast<size_t>(request.count * given.k));
  result.scores.resize(result.ids.size());
  result.higher.resize(given.relevant.ids.size());
  result.equal.resize(given.relevant.ids.size());
  std::vector<float> saved(given.relevant.ids.size());
  for (int64_t first = 0; first < request.count; first += 2) {
    const int64_t count = std::min<int64_t>(2, request.count - first);
    std::vector<float> scores(static_cast<size_t>(count * given.items), 0.0f);
    for (int64_t q = 0; q < count; ++q) {
      for (int64_t item = 0; item < given.items; ++item) {
        for (int64_t d = 0; d < Case::kFactors; ++d) {
          scores[q * given.items + item] += given.queries[(first + q) * Case::kFactors + d] *
                                            given.table[item * Case::kFactors + d];
        }
      }
    }
    ScoreRows rows;
    rows.scores = scores.data();
    rows.items = given.items;
    rows.first_query = first;
    rows.masked_offsets = given.masked.offsets.data();
    rows.masked_ids = given.masked.ids.data();
    rows.denied = given.denied.data();
    rows.relevant_offsets = given.relevant.offsets.data();
    rows.relevant_ids = given.relevant.ids.data();
    const auto launch = [&](const std::function<void()>& body) {
      emulation::Launch({static_cast<unsigned>(count), 1, 1}, kTopKThreads, 0, order, body);
    };
    launch([&] { SaveRelevantKernel(rows, saved.data()); });
    launch([&] { MaskKernel(rows); });
    launch([&] {
      SelectTopKKernel(rows, given.k, result.ids.data() + first * given.k,
                       result.scores.data() + first * given.k);
    });
    launch(
        [&] { CountAboveKernel(rows, saved.data(), result.higher.data(), result.equal.data()); });
  }
  return result;
}

TEST(TopKKernels, MatchTheCpuTwin) {
  // Few distinct scores and many; more wanted than are left; a single one; more than one pass of
  // the sort.
  for (const Case& given : {Case(3, 300, 10, 3), Case(2, 500, 100, 40), Case(3, 40, 64, 3),
                            Case(1, 257, 1, 5), Case(1, 1100, 1024, 9)}) {
    const TopKResult expected = TopKCpu(given.request());
    for (const Order order : {Order::kForward, Order::kShuffled}) {
      const TopKResult result = RunKernels(given, order);
      EXPECT_EQ(result.ids, expected.ids);
      EXPECT_EQ(result.scores, expected.scores);
      EXPECT_EQ(result.higher, expected.higher);
      EXPECT_EQ(result.equal, expected.equal);
    }
  }
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
