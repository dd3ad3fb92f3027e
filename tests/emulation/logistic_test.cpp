#include <gtest/gtest.h>

#include <vector>

// The solver's own source, compiled for the emulator; what it takes of cuda/core is compiled in
// ials_solver_test.cpp.
#include "cuda/logistic/logistic_cuda.cpp"
#include "cuda/logistic/logistic_kernels.cuh"
#include "host/core/errors.h"
#include "tests/support/logistic_reference.h"
#include "tests/support/logistic_twins.h"

namespace tidewright {
namespace {

emulation::Order thread_order = emulation::Order::kForward;

}  // namespace

void LaunchLogisticSums(const DeviceContext&, const LogisticProblem& problem) {
  emulation::Launch({static_cast<unsigned>(problem.parts), 1, 1}, kLogisticThreads,
                    static_cast<size_t>(problem.SharedBytes()), thread_order,
                    [&] { LogisticPartKernel(problem); });
  const int64_t sums = problem.dense + 2;
  emulation::Launch({static_cast<unsigned>((sums + kLogisticThreads - 1) / kLogisticThreads), 1, 1},
                    kLogisticThreads, 0, thread_order, [&] { LogisticTotalKernel(problem); });
}

namespace {

// The whole CUDA solver of logistic regression, run by the emulator against the CPU twin.
class LogisticSolver : public ::testing::Test {
 protected:
  void SetUp() override {
    emulation::device = {};
    thread_order = emulation::Order::kForward;
  }
  void TearDown() override { EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked"; }
};

std::unique_ptr<Solver> MakeEmulated(const LogisticConfig& config, TableProblem problem) {
  return MakeLogisticCuda(0, config, std::move(problem));
}

FeatureTable SomeTable(int64_t rows) {
  ChurnLikeOptions options;
  options.rows = rows;
  return MakeChurnLikeTable(options);
}

// Coarse: an emulated epoch takes milliseconds.
LogisticConfig ShortConfig(double l1) {
  LogisticConfig config;
  config.l1 = l1;
  config.l2 = 1e-2;
  config.scale_pos_weight = 1.5;
  return config;
}

TEST_F(LogisticSolver, TrainsAsTheCpuDoes) {
  for (const double l1 : {0.0, 0.01}) {
    ExpectLogisticTwins(MakeEmulated, ShortConfig(l1), SomeTable(300));
  }
}

TEST_F(LogisticSolver, TrainsAsTheCpuDoesOverSeveralParts) {
  ExpectLogisticTwins(MakeEmulated, ShortConfig(0), SomeTable(2500));
}

TEST_F(LogisticSolver, TrainsOnNumbersOnlyAndOnCategoriesOnly) {
  FeatureTable table = SomeTable(200);
  const FeatureColumn category = table.columns[2];
  table.columns.erase(table.columns.begin() + 2);
  ExpectLogisticTwins(MakeEmulated, ShortConfig(0), table);
  table.columns = {category};
  ExpectLogisticTwins(MakeEmulated, ShortConfig(0), table);
}

TEST_F(LogisticSolver, MoreSlotsThanSharedMemoryTakes) {
  FeatureTable table = SomeTable(200);
  FeatureColumn& column = table.columns[2];
  column.description.categories.clear();
  for (int64_t code = 0; code < 6000; ++code) {
    column.description.categories.push_back(std::to_string(code));
  }
  // MakeTerms leaves categories out that do not occur: here a model has all of them.
  LinearModel all;
  all.features = static_cast<int64_t>(table.columns.size());
  for (int32_t code = 0; code < 6000; ++code) {
    all.feature.push_back(2);
    all.category.push_back(code);
    all.center.push_back(0.001);
    all.scale.push_back(1.5);
    all.coefficient.push_back(0.01 * (code % 7));
  }
  const EncodedTable encoded = EncodeTable(all, 1, table, kLogisticBlockRows);
  DeviceLogisticTable device(std::make_unique<const DeviceContext>(0), all, 0.01, encoded);
  std::vector<double> x = all.coefficient;
  x.push_back(-0.3);
  std::vector<double> gradient;
  const double value = device.Evaluate(x, &gradient);
  LogisticConfig config;
  config.l2 = 0.01;
  all.intercept = -0.3;
  std::vector<double> expected;
  EXPECT_NEAR(value, ObjectiveOf(config, all, table, &expected), 1e-12);
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(gradient[i], expected[i], 1e-12) << i;
}

TEST_F(LogisticSolver, TheOrderOfThreadsDoesNotMatter) {
  const FeatureTable table = SomeTable(300);
  const LinearModel forward = TrainLogistic(MakeEmulated, ShortConfig(0), table);
  for (const emulation::Order order : {emulation::Order::kBackward, emulation::Order::kShuffled}) {
    thread_order = order;
    EXPECT_EQ(TrainLogistic(MakeEmulated, ShortConfig(0), table).coefficient, forward.coefficient);
  }
}

TEST_F(LogisticSolver, WhatDoesNotFitIsRefused) {
  emulation::device.free_bytes = 1 << 20;
  TableProblem problem;
  problem.train = SomeTable(300);
  EXPECT_THROW(MakeEmulated({}, std::move(problem)), DeviceError);
}

}  // namespace
}  // namespace tidewright
