#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/data/split.h"
#include "host/ials/ials.h"
#include "host/linalg/simd.h"
#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

IalsConfig SmallConfig() {
  IalsConfig config;
  config.factors = 12;
  config.regularization = 0.02;
  config.unobserved_weight = 0.1;
  config.alpha = 0.7;
  config.seed = 5;
  return config;
}

class IalsAgainstReference : public ::testing::TestWithParam<double> {};

TEST_P(IalsAgainstReference, FactorsMatchADenseFloat64Solution) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 1);
  for (const int64_t factors : {8, 12, 33}) {
    for (const double alpha : {0.0, 0.7}) {
      IalsConfig config = SmallConfig();
      config.factors = factors;
      config.alpha = alpha;
      config.frequency_exponent = GetParam();
      // About 0.25 a row for every exponent: a weaker one leaves systems so ill-conditioned that
      // float32 input alone moves the solution by more than the bound.
      config.regularization = 0.25 / std::pow(12.0, GetParam());
      IalsReference reference(config, data);
      for (int epoch = 0; epoch < 3; ++epoch) reference.RunEpoch(config, data);
      const FactorModel model = Trained(config, data, 3);
      EXPECT_LT(LargestDifference(model.user_factors, reference.user_factors), 1e-4);
      EXPECT_LT(LargestDifference(model.item_factors, reference.item_factors), 1e-4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FrequencyExponents, IalsAgainstReference,
                         ::testing::Values(0.0, 0.5, 1.0));

TEST(IalsCpu, EmptyRowsAndRowsOfDislikesAloneGetZeroFactors) {
  const Interactions data = RandomInteractions(21, 30, 0.2, 2);
  const FactorModel model = Trained(SmallConfig(), data, 2);
  ASSERT_EQ(data.by_user.RowLength(6), 0);
  for (int64_t k = 0; k < model.factors; ++k)
    EXPECT_EQ(model.user_factors[6 * model.factors + k], 0);
}

TEST(IalsCpu, DislikedItemsScoreLowerThanTheyWouldUnseen) {
  Csr liked;
  liked.rows = 3;
  liked.cols = 4;
  liked.offsets = {0, 2, 5, 7};
  liked.ids = {0, 1, 0, 1, 2, 1, 2};
  liked.values = {1, 1, 1, 1, 1, 1, 1};
  Csr disliked = liked;
  disliked.offsets = {0, 3, 6, 8};
  disliked.ids = {0, 1, 2, 0, 1, 2, 1, 2};
  disliked.values = {1, 1, -1, 1, 1, 1, 1, 1};
  IalsConfig config = SmallConfig();
  config.factors = 8;
  const auto score = [&](const Csr& matrix) {
    const FactorModel model = Trained(config, Interactions::FromUserRows(matrix), 10);
    double sum = 0;
    for (int64_t k = 0; k < 8; ++k) {
      sum += static_cast<double>(model.user_factors[k]) * model.item_factors[2 * 8 + k];
    }
    return sum;
  };
  EXPECT_LT(score(disliked), score(liked) - 0.05);
}

TEST(IalsCpu, TheFreeLossIsTheObjectiveByDefinition) {
  const Interactions data = RandomInteractions(60, 45, 0.15, 3);
  for (const double exponent : {0.0, 0.5, 1.0}) {
    IalsConfig config = SmallConfig();
    config.frequency_exponent = exponent;
    const auto solver = MakeIalsCpu(config, data);
    const StopFlag stop;
    for (int epoch = 0; epoch < 4; ++epoch) {
      const EpochStats stats = solver->RunEpoch(stop);
      const double expected = IalsLoss(config, data, std::get<FactorModel>(solver->Snapshot()));
      EXPECT_NEAR(stats.loss, expected, 1e-6 * expected);
    }
  }
}

TEST(IalsCpu, TheLossNeverRises) {
  const Interactions data = RandomInteractions(80, 60, 0.1, 4);
  for (const int64_t factors : {8, 32, 64}) {
    IalsConfig config = SmallConfig();
    config.factors = factors;
    const auto solver = MakeIalsCpu(config, data);
    const StopFlag stop;
    double last = INFINITY;
    for (int epoch = 0; epoch < 40; ++epoch) {
      const double loss = solver->RunEpoch(stop).loss;
      ASSERT_LE(loss, last * (1 + 1e-6)) << "epoch " << epoch << ", " << factors << " factors";
      last = loss;
    }
  }
}

TEST(IalsCpu, BytesDoNotDependOnTheNumberOfThreads) {
  const Interactions data = RandomInteractions(300, 200, 0.05, 5);
  SetNumThreads(1);
  const FactorModel one = Trained(SmallConfig(), data, 3);
  for (const int threads : {2, 8}) {
    SetNumThreads(threads);
    const FactorModel several = Trained(SmallConfig(), data, 3);
    EXPECT_EQ(one.user_factors, several.user_factors);
    EXPECT_EQ(one.item_factors, several.item_factors);
    EXPECT_EQ(one.item_gramian, several.item_gramian);
  }
  SetNumThreads(0);
}

TEST(IalsCpu, AStopInTheMiddleAndARestoreEndInTheSameBytes) {
  const Interactions data = RandomInteractions(2000, 900, 0.02, 6);
  const IalsConfig config = SmallConfig();
  const FactorModel expected = Trained(config, data, 3);
  int stopped = 0;
  for (int trial = 0; trial < 3; ++trial) {
    auto solver = MakeIalsCpu(config, data);
    int finished = 0;
    int64_t patience = 300 * (trial + 1);
    while (finished < 3) {
      StopFlag stop;
      std::thread signal([&] {
        std::this_thread::sleep_for(std::chrono::microseconds(patience));
        stop.Request();
      });
      const EpochStats stats = solver->RunEpoch(stop);
      signal.join();
      if (stats.finished) {
        ++finished;
      } else {
        ++stopped;
        patience += patience / 4;  // so that it ends on a busy machine, too
        const State state = solver->Save();
        solver = MakeIalsCpu(config, data);
        solver->Restore(state);
      }
    }
    const FactorModel model = std::get<FactorModel>(solver->Release());
    ASSERT_EQ(model.user_factors, expected.user_factors);
    ASSERT_EQ(model.item_factors, expected.item_factors);
  }
  EXPECT_GT(stopped, 0);
}

TEST(IalsCpu, RestoreRefusesAStateOfAnotherShape) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 7);
  IalsConfig other = SmallConfig();
  other.factors = 16;
  EXPECT_THROW(MakeIalsCpu(SmallConfig(), data)->Restore(MakeIalsCpu(other, data)->Save()),
               DataError);
}

TEST(IalsCpu, AnUnsolvableProblemShowsAsALossThatIsNotFinite) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 8);
  IalsConfig config = SmallConfig();
  config.factors = 64;
  config.regularization = 0;
  config.unobserved_weight = 0;
  const auto solver = MakeIalsCpu(config, data);
  const StopFlag stop;
  double loss = 0;
  for (int epoch = 0; epoch < 3 && std::isfinite(loss); ++epoch) loss = solver->RunEpoch(stop).loss;
  EXPECT_FALSE(std::isfinite(loss));
}

TEST(IalsFoldIn, SolvesUnseenUsersFromTheItemsAlone) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 9);
  const Interactions unseen = RandomInteractions(15, 30, 0.3, 10);
  const IalsConfig config = SmallConfig();
  const FactorModel model = Trained(config, data, 5);
  const AlignedVector<float> folded = FoldInUsers(config, model, unseen.by_user.view());
  const std::vector<double> items(model.item_factors.begin(), model.item_factors.end());
  EXPECT_LT(LargestDifference(folded, SolveRowsDense(config, unseen.by_user.view(), items)), 1e-4);
}

TEST(IalsInit, FactorsAreNormalAndDifferBySideAndSeed) {
  IalsConfig config;
  config.factors = 64;
  config.init_scale = 0.8;
  const AlignedVector<float> users = InitialFactors(config, 500, false);
  double sum = 0;
  double square = 0;
  for (const float value : users) {
    sum += value;
    square += static_cast<double>(value) * value;
  }
  const double count = static_cast<double>(users.size());
  EXPECT_NEAR(sum / count, 0.0, 0.003);
  EXPECT_NEAR(std::sqrt(square / count), 0.1, 0.002);
  EXPECT_NE(users, InitialFactors(config, 500, true));
  config.seed = 2;
  EXPECT_NE(users, InitialFactors(config, 500, false));
}

TEST(IalsCpu, EveryInstructionSetReachesTheSameLoss) {
  const Interactions data = RandomInteractions(80, 60, 0.1, 11);
  const std::string best = SimdTarget();
  const FactorModel expected = Trained(SmallConfig(), data, 5);
  const double loss = IalsLoss(SmallConfig(), data, expected);
  for (const std::string& target : AvailableSimdTargets()) {
    PinSimdTarget(target);
    EXPECT_NEAR(IalsLoss(SmallConfig(), data, Trained(SmallConfig(), data, 5)), loss, 1e-5 * loss)
        << target;
  }
  PinSimdTarget(best);
}

}  // namespace
}  // namespace tidewright
