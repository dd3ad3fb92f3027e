#include "host/linalg/top_k.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/data/interactions.h"
#include "host/linalg/gemm.h"
#include "host/linalg/simd.h"

namespace tidewright {
namespace {

using ::testing::ElementsAre;

constexpr float kNone = -std::numeric_limits<float>::infinity();

// Small whole numbers where `levels` is given: exact in float, with many ties.
std::vector<float> RandomFactors(int64_t rows, int64_t factors, uint64_t stream, int levels) {
  std::vector<float> values(static_cast<size_t>(rows * factors));
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t word = Philox(3, stream, i).word[0];
    values[i] = levels > 0 ? static_cast<float>(static_cast<int>(word % levels) - levels / 2)
                           : UniformFloat(word) - 0.5f;
  }
  return values;
}

Csr RandomRows(int64_t rows, int64_t cols, uint32_t most, uint64_t stream) {
  Csr matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  for (int64_t row = 0; row < rows; ++row) {
    const uint32_t length =
        most == 0 ? 0 : Philox(3, stream, static_cast<uint64_t>(row)).word[0] % most;
    std::vector<int32_t> ids;
    for (uint32_t i = 0; i < length; ++i) {
      ids.push_back(static_cast<int32_t>(
          Philox(3, stream + 1 + i, static_cast<uint64_t>(row)).word[1] % cols));
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    matrix.ids.insert(matrix.ids.end(), ids.begin(), ids.end());
    matrix.offsets.push_back(matrix.nnz());
  }
  matrix.values.assign(matrix.ids.size(), 1.0f);
  return matrix;
}

// What a request is made of, kept alive.
struct Problem {
  std::vector<float> queries;
  std::vector<float> items;
  Csr masked;
  Csr relevant;
  std::vector<uint8_t> denied;
  TopKRequest request;
};

Problem MakeProblem(int64_t count, int64_t items, int64_t factors, int k, int levels,
                    uint32_t most_relevant = 60) {
  Problem problem;
  problem.queries = RandomFactors(count, factors, 1, levels);
  problem.items = RandomFactors(items, factors, 2, levels);
  problem.masked = RandomRows(count, items, 40, 1000);
  problem.relevant = RandomRows(count, items, most_relevant, 5000);
  problem.denied.resize(static_cast<size_t>(items));
  for (int64_t item = 0; item < items; ++item) {
    problem.denied[item] = Philox(3, 9, static_cast<uint64_t>(item)).word[0] % 10 == 0;
  }
  problem.request.count = count;
  problem.request.item_count = items;
  problem.request.factors = factors;
  problem.request.k = k;
  return problem;
}

const TopKRequest& Request(Problem& problem) {
  problem.request.queries = problem.queries.data();
  problem.request.items = problem.items.data();
  problem.request.masked = problem.masked.view();
  problem.request.relevant = problem.relevant.view();
  problem.request.denied = problem.denied.data();
  return problem.request;
}

bool Holds(const CsrView& rows, int64_t row, int32_t id) {
  return std::binary_search(rows.ids + rows.offsets[row], rows.ids + rows.offsets[row + 1], id);
}

// By definition: all scores, sorted.
TopKResult Reference(const TopKRequest& request) {
  TopKResult result;
  std::vector<float> scores(static_cast<size_t>(request.item_count));
  for (int64_t query = 0; query < request.count; ++query) {
    GemmNT(1, request.item_count, request.factors, request.queries + query * request.factors,
           request.factors, request.items, request.factors, scores.data(), request.item_count);
    std::vector<int32_t> open;
    for (int32_t item = 0; item < request.item_count; ++item) {
      if (!Holds(request.masked, query, item) && request.denied[item] == 0) open.push_back(item);
    }
    const bool counted = request.relevant.rows > 0;
    for (int64_t i = counted ? request.relevant.offsets[query] : 0;
         counted && i < request.relevant.offsets[query + 1]; ++i) {
      const float score = scores[request.relevant.ids[i]];
      int64_t higher = 0;
      int64_t equal = 0;
      for (const int32_t item : open) {
        if (Holds(request.relevant, query, item)) continue;
        higher += scores[item] > score;
        equal += scores[item] == score;
      }
      result.higher.push_back(higher);
      result.equal.push_back(equal);
    }
    std::stable_sort(open.begin(), open.end(),
                     [&](int32_t a, int32_t b) { return scores[a] > scores[b]; });
    for (size_t rank = 0; rank < static_cast<size_t>(request.k); ++rank) {
      result.ids.push_back(rank < open.size() ? open[rank] : -1);
      result.scores.push_back(rank < open.size() ? scores[open[rank]] : kNone);
    }
  }
  return result;
}

void ExpectSame(const TopKResult& a, const TopKResult& b) {
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(a.scores, b.scores);
  EXPECT_EQ(a.higher, b.higher);
  EXPECT_EQ(a.equal, b.equal);
}

TEST(TopK, MatchesASortOfAllScores) {
  for (const auto& [count, items, factors, k, levels] :
       std::vector<std::tuple<int64_t, int64_t, int64_t, int, int>>{{5, 1300, 24, 10, 0},
                                                                    {70, 700, 3, 20, 3},
                                                                    {3, 513, 1, 64, 5},
                                                                    {2, 4000, 8, 1024, 0},
                                                                    {4, 16, 5, 10, 0},
                                                                    {300, 90, 7, 1, 3}}) {
    SCOPED_TRACE(testing::Message() << count << " " << items << " " << factors << " " << k);
    Problem problem = MakeProblem(count, items, factors, k, levels);
    ExpectSame(TopKCpu(Request(problem)), Reference(Request(problem)));
  }
}

// Without relevant items a query is done once what is left is too short to enter.
TEST(TopK, LeavesOutNothingWhereLengthsBoundTheScores) {
  for (const auto& [count, items, factors, k, levels] :
       std::vector<std::tuple<int64_t, int64_t, int64_t, int, int>>{{40, 5000, 24, 10, 0},
                                                                    {300, 3000, 2, 20, 3},
                                                                    {7, 2600, 1, 100, 5},
                                                                    {2, 3000, 8, 1024, 0},
                                                                    {3, 40, 5, 64, 3}}) {
    SCOPED_TRACE(testing::Message() << count << " " << items << " " << factors << " " << k);
    Problem problem = MakeProblem(count, items, factors, k, levels);
    for (int64_t item = 0; item < items; ++item) {  // a few long ones among many short ones
      const auto size =
          static_cast<float>(1 << Philox(3, 11, static_cast<uint64_t>(item)).word[0] % 8);
      for (int64_t f = 0; f < factors; ++f) problem.items[item * factors + f] *= size;
    }
    std::fill_n(problem.queries.begin(), factors, 0.0f);  // every item has score 0
    TopKRequest request = Request(problem);
    request.relevant = {};
    ExpectSame(TopKCpu(request), Reference(request));
  }
}

TEST(TopK, IsExactOnEveryInstructionSet) {
  const std::vector<std::string> targets = AvailableSimdTargets();  // a pinned one hides the others
  for (const std::string& target : targets) {
    SCOPED_TRACE(target);
    PinSimdTarget(target);
    Problem problem = MakeProblem(9, 600, 5, 12, 3, 80);
    ExpectSame(TopKCpu(Request(problem)), Reference(Request(problem)));
  }
  PinSimdTarget(targets.front());
}

TEST(TopK, CountsAgainstManyRelevantItemsAreExact) {
  for (const int levels : {0, 3}) {
    Problem problem = MakeProblem(6, 2000, 4, 10, levels, 500);
    ExpectSame(TopKCpu(Request(problem)), Reference(Request(problem)));
  }
}

TEST(TopK, TiesGoToTheSmallerIdAndMaskedItemsStayOut) {
  Problem problem;
  problem.queries = {1};
  problem.items = {2, 5, 5, 2, 7, 0, -0.0f, -1};
  problem.masked = Csr{1, 8, {0, 1}, {4}, {1}};
  problem.relevant = Csr{1, 8, {0, 2}, {2, 5}, {1, 1}};
  problem.denied = {0, 0, 0, 1, 0, 0, 0, 0};
  problem.request.count = 1;
  problem.request.item_count = 8;
  problem.request.factors = 1;
  problem.request.k = 7;
  const TopKResult result = TopKCpu(Request(problem));
  EXPECT_THAT(result.ids, ElementsAre(1, 2, 0, 5, 6, 7, -1));
  EXPECT_THAT(result.scores, ElementsAre(5, 5, 2, 0, 0, -1, kNone));
  // Candidates: 0, 1, 6, 7. Above item 2's 5: none, level: item 1. Above item 5's 0: 0, 1;
  // level: 6.
  EXPECT_THAT(result.higher, ElementsAre(0, 2));
  EXPECT_THAT(result.equal, ElementsAre(1, 1));
}

TEST(TopK, NeedsNeitherMaskNorRelevantNorDenied) {
  Problem problem = MakeProblem(3, 600, 6, 5, 0);
  TopKRequest request = Request(problem);
  request.masked = {};
  request.relevant = {};
  request.denied = nullptr;
  const TopKResult result = TopKCpu(request);
  EXPECT_TRUE(result.higher.empty());
  problem.masked = RandomRows(3, 600, 0, 1);
  problem.relevant = problem.masked;
  problem.denied.assign(600, 0);
  EXPECT_EQ(result.ids, Reference(Request(problem)).ids);
}

TEST(TopK, DependsNeitherOnThreadsNorOnTheOtherQueries) {
  Problem problem = MakeProblem(530, 1100, 19, 20, 0);
  SetNumThreads(1);
  const TopKResult all = TopKCpu(Request(problem));
  for (const int threads : {2, 8}) {
    SetNumThreads(threads);
    ExpectSame(all, TopKCpu(Request(problem)));
  }
  SetNumThreads(0);
  for (const int32_t query : {0, 77, 529}) {
    TopKRequest one = Request(problem);
    const Csr masked = SelectRows(problem.masked, {query});
    const Csr relevant = SelectRows(problem.relevant, {query});
    one.queries += query * 19;
    one.count = 1;
    one.masked = masked.view();
    one.relevant = relevant.view();
    const TopKResult alone = TopKCpu(one);
    EXPECT_TRUE(std::equal(alone.ids.begin(), alone.ids.end(), all.ids.begin() + query * 20));
    EXPECT_TRUE(
        std::equal(alone.scores.begin(), alone.scores.end(), all.scores.begin() + query * 20));
    EXPECT_TRUE(std::equal(alone.higher.begin(), alone.higher.end(),
                           all.higher.begin() + problem.relevant.offsets[query]));
  }
}

TEST(TopK, AnEmptyRequestIsAnEmptyResult) {
  Problem problem = MakeProblem(0, 10, 2, 5, 0);
  EXPECT_TRUE(TopKCpu(Request(problem)).ids.empty());
}

TEST(TopK, RefusesKOutOfRange) {
  Problem problem = MakeProblem(1, 10, 2, 5, 0);
  for (const int k : {0, -1, 1025}) {
    problem.request.k = k;
    EXPECT_THROW(TopKCpu(Request(problem)), UsageError);
  }
}

}  // namespace
}  // namespace tidewright
