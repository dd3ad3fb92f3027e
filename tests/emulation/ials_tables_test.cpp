#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "cuda/ials/table_kernels.cuh"
#include "host/core/random.h"

// The kernels around those that solve rows, run by the emulator.

namespace tidewright {
namespace {

using emulation::Order;

float Number(uint64_t stream, uint64_t index) {
  return UniformFloat(Philox(7, stream, index).word[0]);
}

TEST(IalsTables, SharesAreSummedWhole) {
  std::vector<double> shares;
  double expected = 0;
  for (int i = 0; i < 1000; ++i) {
    shares.push_back(Number(3, i));
    expected += shares.back();
  }
  double total = -1;
  emulation::Launch({1, 1, 1}, kSumThreads, kSumThreads * sizeof(double), Order::kShuffled,
                    [&] { SumSharesKernel(shares.data(), 1000, &total); });
  EXPECT_NEAR(total, expected, 1e-9);
}

TEST(IalsTables, PaddingATableAndGatheringItWholeGivesItBack) {
  std::vector<float> packed;
  for (int i = 0; i < 5 * 20; ++i) packed.push_back(Number(4, i));
  std::vector<float> table(5 * 32, -1.0f);
  std::vector<float> back(packed.size(), -1.0f);
  emulation::Launch({2, 1, 1}, 96, 0, Order::kForward, [&] {
    PadRowsKernel(packed.data(), {20, 20}, 5, table.data());
  });
  emulation::Launch({2, 1, 1}, 64, 0, Order::kForward, [&] {
    GatherRowsKernel(table.data(), {20, 20}, nullptr, 5, back.data());
  });
  EXPECT_EQ(back, packed);
  for (int row = 0; row < 5; ++row) {
    for (int column = 20; column < 32; ++column) EXPECT_EQ(table[row * 32 + column], 0.0f);
  }
}

TEST(IalsTables, RowsComeOutWithoutTheirPadding) {
  std::vector<float> table;
  for (int i = 0; i < 9 * 32; ++i) table.push_back(Number(5, i));
  const std::vector<int32_t> rows{8, 0, 3};
  std::vector<float> packed(60, -1.0f);
  emulation::Launch({1, 1, 1}, 64, 0, Order::kForward, [&] {
    GatherRowsKernel(table.data(), {20, 20}, rows.data(), 3, packed.data());
  });
  for (int r = 0; r < 3; ++r) {
    for (int k = 0; k < 20; ++k) EXPECT_EQ(packed[r * 20 + k], table[rows[r] * 32 + k]);
  }
}

}  // namespace
}  // namespace tidewright
