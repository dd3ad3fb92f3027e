#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/errors.h"
#include "host/ials/ials.h"
#include "tests/cuda/ials/expect_twin.h"
#include "tests/support/ials_reference.h"
#include "tests/support/ials_twins.h"

// Solvers cg and ialspp on a device against the CPU's, and what of them only a device can show.

namespace tidewright {
namespace {

class GpuIalsIterative
    : public ::testing::TestWithParam<std::tuple<std::string, std::string, int64_t>> {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

class GpuIalsSweeps : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!CudaBackend().unavailable.empty()) GTEST_SKIP() << CudaBackend().unavailable;
  }
};

IalsConfig ConfigOf(const std::string& solver, const std::string& precision, int64_t factors) {
  IalsConfig config = TwinConfig(factors, precision);
  config.solver = solver;
  return config;
}

// Users of 1 to 5000 items: rows of a warp, of a block and of several blocks.
Interactions WithEveryLength() {
  Csr users;
  users.rows = 40;
  users.cols = 5000;
  for (int64_t user = 0; user < users.rows; ++user) {
    const int64_t length = user < 3 ? 5000 - 300 * user : user * user;
    for (int64_t k = 0; k < length; ++k) {
      users.ids.push_back(static_cast<int32_t>(k * users.cols / length));
      users.values.push_back((k + user) % 5 == 4 ? -1.0f : 1.0f + 0.1f * static_cast<float>(k % 7));
    }
    users.offsets.push_back(users.nnz());
  }
  return Interactions::FromUserRows(std::move(users));
}

TEST_P(GpuIalsIterative, MatchesTheCpu) {
  const auto& [solver, precision, factors] = GetParam();
  ExpectTwin(ConfigOf(solver, precision, factors), RandomInteractions(90, 70, 0.2, 1));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, GpuIalsIterative,
    ::testing::Combine(::testing::Values("cg", "ialspp"), ::testing::Values("fp32", "tf32"),
                       ::testing::Values<int64_t>(8, 20, 64, 100, 128, 256, 300, 512, 1000, 2048)));

TEST_P(GpuIalsSweeps, RowsOfEveryLengthMatchTheCpu) {
  const Interactions data = WithEveryLength();
  for (const int64_t factors : {20, 96, 300, 1100}) {
    ExpectTwin(ConfigOf(GetParam(), "fp32", factors), data);
  }
}

TEST_P(GpuIalsSweeps, RowsStoredIn16BitsMatchTheCpu) {
  const Interactions data = WithEveryLength();
  for (const int64_t factors : {20, 96, 300, 1100}) {
    for (const char* storage : {"bf16", "fp16"}) {
      IalsConfig config = ConfigOf(GetParam(), "fp32", factors);
      config.storage = storage;
      ExpectTwin(config, data);
    }
  }
}

TEST_P(GpuIalsSweeps, BlocksAndStepsOfOtherSizesMatchTheCpu) {
  const Interactions data = RandomInteractions(90, 70, 0.2, 1);
  IalsConfig config = ConfigOf(GetParam(), "fp32", 70);
  config.cg_steps = 1;
  config.block_size = 33;
  ExpectTwin(config, data);
  config.cg_steps = 30;
  config.block_size = 256;
  ExpectTwin(config, data);
  config.factors = 700;
  config.cg_steps = 3;
  config.block_size = 600;
  ExpectTwin(config, data);
}

TEST_P(GpuIalsSweeps, TheWidestDimensionTrains) {
  const Interactions data = RandomInteractions(30, 20, 0.2, 1);
  const auto solver = CudaBackend().make_ials(ConfigOf(GetParam(), "tf32", 8192), data);
  const StopFlag never;
  const double first = solver->RunEpoch(never).loss;
  EXPECT_GT(first, 0);
  EXPECT_LT(solver->RunEpoch(never).loss, first);
}

// From the third epoch on the launches are replayed as a graph; a solver that has just resumed
// enqueues them itself.
TEST_P(GpuIalsSweeps, ReplayedLaunchesGiveTheSameBytes) {
  const Interactions data = WithEveryLength();
  const IalsConfig config = ConfigOf(GetParam(), "tf32", 200);
  const StopFlag never;
  const auto replayed = CudaBackend().make_ials(config, data);
  for (int epoch = 0; epoch < 4; ++epoch) {
    const auto resumed = CudaBackend().make_ials(config, data);
    resumed->Restore(replayed->Save());
    EXPECT_EQ(resumed->RunEpoch(never).loss, replayed->RunEpoch(never).loss) << epoch;
    const FactorModel expected = std::get<FactorModel>(resumed->Snapshot());
    const FactorModel model = std::get<FactorModel>(replayed->Snapshot());
    EXPECT_EQ(model.user_factors, expected.user_factors) << epoch;
    EXPECT_EQ(model.item_factors, expected.item_factors) << epoch;
  }
}

INSTANTIATE_TEST_SUITE_P(Solvers, GpuIalsSweeps, ::testing::Values("cg", "ialspp"));

}  // namespace
}  // namespace tidewright
