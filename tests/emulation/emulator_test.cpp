#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "cuda/core/primitives.cuh"
#include "host/core/aligned.h"

// The emulator itself: what it must compute, and the mistakes that it must not let pass.

namespace tidewright {
namespace {

using emulation::Launch;
using emulation::Order;

// Each thread takes its neighbour's number, with or without a barrier in between.
std::vector<int> Neighbours(Order order, bool barrier) {
  std::vector<int> result(64);
  Launch({1, 1, 1}, 64, 64 * sizeof(int), order, [&] {
    int* numbers = reinterpret_cast<int*>(DynamicShared());
    const int thread = static_cast<int>(threadIdx.x);
    numbers[thread] = thread + 1;
    if (barrier) __syncthreads();
    result[thread] = numbers[(thread + 1) % 64];
  });
  return result;
}

TEST(Emulator, ABarrierMakesTheOrderOfThreadsIrrelevant) {
  EXPECT_EQ(Neighbours(Order::kForward, true), Neighbours(Order::kBackward, true));
  EXPECT_EQ(Neighbours(Order::kForward, true), Neighbours(Order::kShuffled, true));
}

TEST(Emulator, AMissingBarrierShows) {
  EXPECT_NE(Neighbours(Order::kForward, false), Neighbours(Order::kForward, true));
  EXPECT_NE(Neighbours(Order::kForward, false), Neighbours(Order::kBackward, false));
}

TEST(Emulator, ABarrierThatSomeThreadsNeverReachIsAnError) {
  EXPECT_THROW(Launch({1, 1, 1}, 64, 0, Order::kForward,
                      [] {
                        if (threadIdx.x < 40) __syncthreads();
                      }),
               std::logic_error);
}

TEST(Emulator, ACopyThatIsNotWaitedForDoesNotArrive) {
  AlignedVector<float> source{1, 2, 3, 4};
  for (const bool wait : {true, false}) {
    float seen = 0;
    Launch({1, 1, 1}, 32, 16, Order::kForward, [&] {
      float* shared = reinterpret_cast<float*>(DynamicShared());
      if (threadIdx.x == 0) {
        CopyAsync16(shared, source.data(), true);
        CopyAsyncCommit();
        if (wait) CopyAsyncWait<0>();
      }
      __syncthreads();
      if (threadIdx.x == 5) seen = shared[2];
    });
    EXPECT_EQ(seen == 3.0f, wait);
  }
}

TEST(Emulator, LanesExchangeAndSum) {
  std::vector<int> sums(64);
  std::vector<int> from_seven(64);
  Launch({1, 1, 1}, 64, 0, Order::kShuffled, [&] {
    const int thread = static_cast<int>(threadIdx.x);
    sums[thread] = WarpSum(thread);
    from_seven[thread] = ShuffleFrom(thread, 7);
  });
  EXPECT_EQ(sums[3], 31 * 16);
  EXPECT_EQ(sums[40], 31 * 16 + 32 * 32);
  EXPECT_EQ(from_seven[3], 7);
  EXPECT_EQ(from_seven[40], 39);
}

TEST(Emulator, MmaMultipliesMatricesOfWholeNumbers) {
  float a[16][8];
  float b[8][8];
  float product[16][8];
  for (int i = 0; i < 16; ++i) {
    for (int k = 0; k < 8; ++k) a[i][k] = static_cast<float>((7 * i + 3 * k) % 11 - 5);
  }
  for (int k = 0; k < 8; ++k) {
    for (int j = 0; j < 8; ++j) b[k][j] = static_cast<float>((5 * k + 2 * j) % 13 - 6);
  }
  Launch({1, 1, 1}, 32, 0, Order::kForward, [&] {
    const int group = LaneId() / 4;
    const int member = LaneId() % 4;
    const uint32_t left[4] = {RoundTf32(a[group][member]), RoundTf32(a[group + 8][member]),
                              RoundTf32(a[group][member + 4]), RoundTf32(a[group + 8][member + 4])};
    const uint32_t right[2] = {RoundTf32(b[member][group]), RoundTf32(b[member + 4][group])};
    float d[4] = {1, 1, 1, 1};
    MmaTf32(d, left, right);
    product[group][2 * member] = d[0];
    product[group][2 * member + 1] = d[1];
    product[group + 8][2 * member] = d[2];
    product[group + 8][2 * member + 1] = d[3];
  });
  for (int i = 0; i < 16; ++i) {
    for (int j = 0; j < 8; ++j) {
      float expected = 1;
      for (int k = 0; k < 8; ++k) expected += a[i][k] * b[k][j];
      EXPECT_EQ(product[i][j], expected) << i << " " << j;
    }
  }
}

TEST(Emulator, Tf32KeepsTenBitsAndRoundsTiesAway) {
  const auto rounded = [](float value) { return __uint_as_float(RoundTf32(value)); };
  EXPECT_EQ(rounded(1.0f), 1.0f);
  EXPECT_EQ(rounded(1.0f + 0x1p-10f), 1.0f + 0x1p-10f);
  EXPECT_EQ(rounded(1.0f + 0x1p-11f), 1.0f + 0x1p-10f);
  EXPECT_EQ(rounded(-1.0f - 0x1p-11f), -1.0f - 0x1p-10f);
  EXPECT_EQ(rounded(1.0f + 0x1p-12f), 1.0f);
}

}  // namespace
}  // namespace tidewright
