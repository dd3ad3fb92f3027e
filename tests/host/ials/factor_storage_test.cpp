#include "host/ials/factor_storage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "host/core/parallel.h"
#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

IalsConfig StoredConfig(const std::string& solver, const std::string& storage) {
  IalsConfig config;
  config.solver = solver;
  config.storage = storage;
  config.factors = 33;
  config.block_size = 16;
  config.regularization = 0.02;
  config.unobserved_weight = 0.1;
  config.alpha = 0.7;
  config.init_scale = 0.5;
  config.seed = 5;
  return config;
}

// Half the distance between neighbours, of a number, at most: with 8 and 11 significant bits.
double UnitOf(const std::string& storage) { return storage == "bf16" ? 0x1p-8 : 0x1p-11; }

void ExpectStored(const IalsConfig& config, AlignedVector<float> factors) {
  const AlignedVector<float> before = factors;
  EXPECT_TRUE(
      RoundToStorage(StorageOf(config), static_cast<int64_t>(factors.size()), factors.data()));
  EXPECT_EQ(factors, before);
}

class StoredFactors : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  IalsConfig Config() const { return StoredConfig(std::get<0>(GetParam()), storage()); }
  std::string storage() const { return std::get<1>(GetParam()); }
};

TEST_P(StoredFactors, AreNumbersOfTheStorage) {
  const Interactions data = RandomInteractions(60, 45, 0.15, 3);
  const FactorModel model = Trained(Config(), data, 2);
  ExpectStored(Config(), model.user_factors);
  ExpectStored(Config(), model.item_factors);
  IalsConfig wide = Config();
  wide.storage = "fp32";
  EXPECT_NE(Trained(wide, data, 2).item_factors, model.item_factors);
}

// Near the optimum the loss moves with the square of the rounding, 2^-8 or 2^-11 of a number at
// most and of no fixed sign, times the part of the systems' condition (about a hundred here) that
// random signs meet: 4e-4 and 6e-6.
TEST_P(StoredFactors, LoseNextToNothingOfTheLoss) {
  const Interactions data = RandomInteractions(300, 200, 0.05, 4);
  IalsConfig wide = Config();
  wide.storage = "fp32";
  const double expected = IalsLoss(wide, data, Trained(wide, data, 8));
  const double loss = IalsLoss(wide, data, Trained(Config(), data, 8));
  EXPECT_NEAR(loss, expected, 25 * UnitOf(storage()) * UnitOf(storage()) * expected);
}

TEST_P(StoredFactors, BytesDoNotDependOnTheNumberOfThreads) {
  const Interactions data = RandomInteractions(300, 200, 0.05, 5);
  SetNumThreads(1);
  const FactorModel one = Trained(Config(), data, 2);
  for (const int threads : {2, 8}) {
    SetNumThreads(threads);
    const FactorModel several = Trained(Config(), data, 2);
    EXPECT_EQ(one.user_factors, several.user_factors);
    EXPECT_EQ(one.item_factors, several.item_factors);
    EXPECT_EQ(one.item_gramian, several.item_gramian);
  }
  SetNumThreads(0);
}

// A stop after every few blocks, and a new solver from what was saved.
TEST_P(StoredFactors, AStopInTheMiddleAndARestoreEndInTheSameBytes) {
  const Interactions data = RandomInteractions(1200, 500, 0.03, 6);
  const FactorModel expected = Trained(Config(), data, 2);
  auto solver = MakeIalsCpu(Config(), data);
  int64_t patience = 300;
  for (int finished = 0; finished < 2;) {
    StopFlag stop;
    std::thread signal([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(patience));
      stop.Request();
    });
    if (solver->RunEpoch(stop).finished) ++finished;
    signal.join();
    patience += patience / 2;
    const State state = solver->Save();
    ExpectStored(Config(), state.floats.at("user_factors"));
    ExpectStored(Config(), state.floats.at("item_factors"));
    solver = MakeIalsCpu(Config(), data);
    solver->Restore(state);
  }
  const FactorModel model = std::get<FactorModel>(solver->Release());
  EXPECT_EQ(model.user_factors, expected.user_factors);
  EXPECT_EQ(model.item_factors, expected.item_factors);
}

INSTANTIATE_TEST_SUITE_P(SolversAndStorages, StoredFactors,
                         ::testing::Combine(::testing::Values("cholesky", "cg", "ialspp"),
                                            ::testing::Values("bf16", "fp16")));

TEST(FactorStorage, ARowIsTheRoundedSolutionAgainstTheRoundedSide) {
  const Interactions data = RandomInteractions(60, 45, 0.15, 7);
  for (const std::string storage : {"bf16", "fp16"}) {
    const IalsConfig config = StoredConfig("cholesky", storage);
    const FactorModel model = Trained(config, data, 2);
    const std::vector<double> users(model.user_factors.begin(), model.user_factors.end());
    const std::vector<double> exact = SolveRowsDense(config, data.by_item.view(), users);
    ASSERT_EQ(exact.size(), model.item_factors.size());
    for (size_t k = 0; k < exact.size(); ++k) {
      EXPECT_NEAR(model.item_factors[k], exact[k],
                  UnitOf(storage) * std::abs(exact[k]) + 1e-4 * 0.5);
    }
  }
}

// The same where short rows are solved through systems of their entries, which are made of the
// eigenvalues of a Gramian that is not finite.
TEST(FactorStorage, WhatHasDivergedIsNoErrorOfTheData) {
  const Interactions data = RandomInteractions(900, 700, 0.025, 5);
  for (const char* solver : {"cholesky", "ialspp"}) {
    IalsConfig config = StoredConfig(solver, "fp16");
    config.factors = 80;
    config.block_size = 32;
    config.alpha = 0;
    config.unobserved_weight = 0;
    config.frequency_exponent = 0;
    config.regularization = 1e-14;
    config.init_scale = 1e-6;
    const StopFlag stop;
    EXPECT_FALSE(std::isfinite(MakeIalsCpu(config, data)->RunEpoch(stop).loss)) << solver;
  }
}

// Factors of about 1e-6 are subnormal in fp16, and what they are multiplied with to predict 1 is
// beyond 65504.
TEST(FactorStorage, WhatFp16CannotHoldShowsAsALossThatIsNotFinite) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 8);
  IalsConfig config = StoredConfig("cholesky", "fp16");
  config.factors = 2;
  config.alpha = 0;
  config.unobserved_weight = 0;
  config.frequency_exponent = 0;
  config.regularization = 1e-14;
  config.init_scale = 1e-6;
  const StopFlag stop;
  EXPECT_FALSE(std::isfinite(MakeIalsCpu(config, data)->RunEpoch(stop).loss));
  config.storage = "bf16";
  EXPECT_TRUE(std::isfinite(MakeIalsCpu(config, data)->RunEpoch(stop).loss));
}

TEST(FactorStorage, Fp16KeepsSubnormalNumbers) {
  std::vector<float> values{0x1p-24f, -0x1.8p-20f, 0x1p-26f, 1.0f};
  EXPECT_TRUE(RoundToStorage(FactorStorage::kFp16, 4, values.data()));
  EXPECT_EQ(values, (std::vector<float>{0x1p-24f, -0x1.8p-20f, 0.0f, 1.0f}));
  values = {1.0f, 65520.0f};
  EXPECT_FALSE(RoundToStorage(FactorStorage::kFp16, 2, values.data()));
  values = {1.0f, NAN};
  EXPECT_FALSE(RoundToStorage(FactorStorage::kBf16, 2, values.data()));
}

}  // namespace
}  // namespace tidewright
