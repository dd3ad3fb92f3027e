#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

// The twin's own source, compiled for the emulator; what it takes of cuda/core is compiled in
// ials_solver_test.cpp.
#include "cuda/features/features_cuda.cpp"
#include "cuda/features/features_kernels.cuh"
#include "host/core/errors.h"
#include "tests/support/feature_twins.h"

namespace tidewright {
namespace {

emulation::Order feature_order = emulation::Order::kForward;

void RunFeatureThreads(int64_t count, int64_t groups, const std::function<void()>& body) {
  if (count == 0) return;
  emulation::Launch({static_cast<unsigned>((count + kFeatureThreads - 1) / kFeatureThreads),
                     static_cast<unsigned>(groups), 1},
                    kFeatureThreads, 0, feature_order, body);
}

}  // namespace

// What Thrust does between the kernels is done by the standard library.
FeatureSizes CountFeatureRows(const DeviceContext&, const FeatureProblem& problem) {
  RunFeatureThreads(problem.users, 1, [&] { FeatureCountKernel(problem); });
  std::exclusive_scan(problem.pairs, problem.pairs + problem.users, problem.pair_begin, int64_t{0});
  FeatureSizes sizes;
  for (int64_t user = 0; user < problem.users; ++user) {
    if (problem.pairs[user] > 0) problem.rows[sizes.rows++] = static_cast<int32_t>(user);
    sizes.pairs += problem.pairs[user];
  }
  return sizes;
}
void FindFeaturePairs(const DeviceContext&, const FeatureProblem& problem,
                      const FeatureSizes& sizes) {
  RunFeatureThreads(sizes.rows, 1, [&] { FeatureVisitsKernel(problem, sizes.rows); });
  std::vector<int64_t> order(static_cast<size_t>(sizes.pairs));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return problem.keys[a] < problem.keys[b]; });
  const std::vector<uint64_t> keys(problem.keys, problem.keys + sizes.pairs);
  const std::vector<ItemVisit> items(problem.pair_items, problem.pair_items + sizes.pairs);
  for (size_t pair = 0; pair < order.size(); ++pair) {
    problem.keys[pair] = keys[order[pair]];
    problem.pair_items[pair] = items[order[pair]];
  }
}
void GatherFeatureFacts(const DeviceContext&, const FeatureProblem& problem, int64_t pairs) {
  RunFeatureThreads(pairs, 1, [&] { FeatureItemsKernel(problem, pairs); });
  // Two blocks, each thread with several items.
  RunFeatureThreads(2 * kFeatureThreads, 1, [&] { FeatureTotalsKernel(problem); });
  RunFeatureThreads(problem.items, 1, [&] { FeatureFactsKernel(problem); });
}
void LaunchFeatureBatch(const DeviceContext&, const FeatureProblem& problem,
                        const FeatureBatch& batch) {
  RunFeatureThreads(batch.rows, 1, [&] { FeatureProfileKernel(problem, batch); });
  RunFeatureThreads(batch.rows, std::min<int64_t>(7, batch.formula_count),
                    [&] { FeatureValueKernel(batch); });
}

namespace {

class FeatureKernels : public ::testing::Test {
 protected:
  void SetUp() override {
    emulation::device = {};
    feature_order = emulation::Order::kForward;
  }
  void TearDown() override { EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked"; }

  // As a device would, with few rows at once.
  static FeatureValues Emulated(const FeatureRequest& request) {
    const DeviceContext context(0);
    return BuildFeaturesCuda(context, request, 90);
  }
};

TEST_F(FeatureKernels, GiveTheBytesOfTheCpu) { ExpectFeatureTwins(Emulated, 250, 4000); }

TEST_F(FeatureKernels, TheOrderOfThreadsDoesNotMatter) {
  feature_order = emulation::Order::kShuffled;
  ExpectFeatureTwins(Emulated, 150, 2000);
}

TEST_F(FeatureKernels, ALogWithoutAnyoneInTheWindowHasNoRows) {
  FeatureCase made = MadeUpFeatureCase(20, 100);
  for (int64_t& time : made.log.timestamp) time += 700 * kMicrosPerDay;
  EXPECT_TRUE(FeaturesOf(made, Emulated).users.empty());
}

TEST_F(FeatureKernels, EventsOutsideTheWindowTakeNoRoomAsPairs) {
  FeatureCase made = MadeUpFeatureCase(250, 20000);
  made.spec.window = 20 * kMicrosPerDay;
  made.spec.horizon = 10 * kMicrosPerDay;
  const FeatureValues expected = FeaturesOf(made, Emulated);
  ASSERT_FALSE(expected.users.empty());
  // As much as was taken, beside what sorting takes on a device; not 48 bytes for each event.
  emulation::device.free_bytes =
      emulation::device.most_pool_bytes + static_cast<size_t>(kFeatureWorkBytes) + (200 << 10);
  EXPECT_EQ(FeaturesOf(made, Emulated).users, expected.users);
}

TEST_F(FeatureKernels, WhatDoesNotFitIsRefused) {
  emulation::device.free_bytes = 1 << 20;
  EXPECT_THROW(FeaturesOf(MadeUpFeatureCase(20, 100), Emulated), DeviceError);
}

}  // namespace
}  // namespace tidewright
