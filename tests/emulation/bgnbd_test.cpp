#include <gtest/gtest.h>

// The twin's own source, compiled for the emulator; what it takes of cuda/core is compiled in
// ials_solver_test.cpp.
#include "cuda/bgnbd/bgnbd_cuda.cpp"
#include "cuda/bgnbd/bgnbd_kernels.cuh"
#include "host/core/errors.h"
#include "tests/support/bgnbd_twins.h"

namespace tidewright {
namespace {

emulation::Order bgnbd_thread_order = emulation::Order::kForward;

}  // namespace

void LaunchBgnbdSums(const DeviceContext&, const BgnbdProblem& problem) {
  emulation::Launch({static_cast<unsigned>(problem.parts), 1, 1}, kBgnbdThreads,
                    static_cast<size_t>(BgnbdProblem::kSharedBytes), bgnbd_thread_order,
                    [&] { BgnbdPartKernel(problem); });
  emulation::Launch({1, 1, 1}, 32, 0, bgnbd_thread_order, [&] { BgnbdTotalKernel(problem); });
}

namespace {

class BgnbdKernels : public ::testing::Test {
 protected:
  void SetUp() override {
    emulation::device = {};
    bgnbd_thread_order = emulation::Order::kForward;
  }
  void TearDown() override { EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked"; }
};

std::unique_ptr<BgnbdSummer> MakeEmulatedBgnbd(const PurchaseCells& cells) {
  return MakeBgnbdCuda(0, cells);
}

TEST_F(BgnbdKernels, SumAndFitAsTheCpuDoes) {
  ExpectBgnbdTwins(MakeEmulatedBgnbd, MadeUpCells(1500));
}

TEST_F(BgnbdKernels, TheOrderOfThreadsDoesNotMatter) {
  const PurchaseCells cells = MadeUpCells(700);
  const BgnbdParameters p = {0.243, 4.414, 0.793, 2.426};
  const std::vector<BgnbdFrequencyTerms> terms = FrequencyTerms(p, cells.frequencies);
  const BgnbdSums forward = MakeEmulatedBgnbd(cells)->Sum(p, terms);
  for (const emulation::Order order : {emulation::Order::kBackward, emulation::Order::kShuffled}) {
    bgnbd_thread_order = order;
    const BgnbdSums sums = MakeEmulatedBgnbd(cells)->Sum(p, terms);
    EXPECT_EQ(sums.log_likelihood, forward.log_likelihood);
    EXPECT_EQ(sums.by_log_alpha, forward.by_log_alpha);
    EXPECT_EQ(sums.by_a, forward.by_a);
  }
}

TEST_F(BgnbdKernels, WhatDoesNotFitIsRefused) {
  emulation::device.free_bytes = 1 << 10;
  EXPECT_THROW(MakeEmulatedBgnbd(MadeUpCells(100)), DeviceError);
}

}  // namespace
}  // namespace tidewright
