#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/ials/block_basis.h"
#include "host/ials/half_solver.h"
#include "host/ials/ials.h"
#include "host/linalg/simd.h"
#include "tests/support/ials_iterations.h"
#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

IalsConfig SmallConfig(const std::string& solver) {
  IalsConfig config;
  config.solver = solver;
  config.factors = 33;
  config.regularization = 0.02;
  config.unobserved_weight = 0.1;
  config.alpha = 0.7;
  config.init_scale = 0.5;
  config.seed = 5;
  return config;
}

// One half in float64, as the configuration says.
std::vector<double> HalfDense(const IalsConfig& config, const Csr& rows,
                              const std::vector<double>& fixed, std::vector<double> start) {
  if (config.solver == "ialspp") {
    return BlockSweepDense(config, rows.view(), fixed, std::move(start), IalsBlockSize(config));
  }
  return ConjugateGradientsDense(config, rows.view(), fixed, std::move(start), config.cg_steps);
}

void ExpectTheSameIteration(const IalsConfig& config, const Interactions& data, int epochs) {
  const AlignedVector<float> first_users = InitialFactors(config, data.by_user.rows, false);
  const AlignedVector<float> first_items = InitialFactors(config, data.by_item.rows, true);
  std::vector<double> users(first_users.begin(), first_users.end());
  std::vector<double> items(first_items.begin(), first_items.end());
  for (int epoch = 0; epoch < epochs; ++epoch) {
    users = HalfDense(config, data.by_user, items, std::move(users));
    items = HalfDense(config, data.by_item, users, std::move(items));
  }
  const FactorModel model = Trained(config, data, epochs);
  EXPECT_LT(LargestDifference(model.user_factors, users), 1e-4);
  EXPECT_LT(LargestDifference(model.item_factors, items), 1e-4);
}

class IterativeSolver : public ::testing::TestWithParam<std::string> {
 protected:
  IalsConfig Config() const { return SmallConfig(GetParam()); }
};

TEST_P(IterativeSolver, FollowsTheSameIterationInFloat64) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 1);
  for (const int64_t factors : {8, 20, 33, 100, 128}) {
    for (const double exponent : {0.0, 0.5, 1.0}) {
      SCOPED_TRACE(testing::Message() << factors << " factors, exponent " << exponent);
      IalsConfig config = Config();
      config.factors = factors;
      config.alpha = exponent == 0.5 ? 0.0 : 0.7;
      config.frequency_exponent = exponent;
      config.regularization = 0.25 / std::pow(12.0, exponent);
      config.block_size = 32;
      ExpectTheSameIteration(config, data, 2);
    }
  }
}

TEST_P(IterativeSolver, RowsLongerThanTheCacheFollowItToo) {
  const Interactions data = RandomInteractions(6, 1500, 0.9, 2);
  IalsConfig config = Config();
  config.factors = 100;
  ASSERT_GT(data.by_user.RowLength(0) * config.factors, 128 * 1024);
  ExpectTheSameIteration(config, data, 1);
}

TEST_P(IterativeSolver, TheFreeLossIsTheObjectiveByDefinition) {
  const Interactions data = RandomInteractions(60, 45, 0.15, 3);
  for (const int64_t factors : {12, 64}) {
    for (const double exponent : {0.0, 0.5, 1.0}) {
      IalsConfig config = Config();
      config.factors = factors;
      config.frequency_exponent = exponent;
      const auto solver = MakeIalsCpu(config, data);
      const StopFlag stop;
      for (int epoch = 0; epoch < 4; ++epoch) {
        const EpochStats stats = solver->RunEpoch(stop);
        const double expected = IalsLoss(config, data, std::get<FactorModel>(solver->Snapshot()));
        EXPECT_NEAR(stats.loss, expected, 1e-5 * expected);
      }
    }
  }
}

TEST_P(IterativeSolver, TheLossNeverRisesAndEndsWhereCholeskyDoes) {
  const Interactions data = RandomInteractions(80, 60, 0.1, 4);
  IalsConfig config = Config();
  config.factors = 40;
  config.regularization = 0.1;
  const auto solver = MakeIalsCpu(config, data);
  const StopFlag stop;
  double last = INFINITY;
  for (int epoch = 0; epoch < 60; ++epoch) {
    const double loss = solver->RunEpoch(stop).loss;
    ASSERT_LE(loss, last * (1 + 1e-6)) << "epoch " << epoch;
    last = loss;
  }
  config.solver = "cholesky";
  const auto exact = MakeIalsCpu(config, data);
  double expected = 0;
  for (int epoch = 0; epoch < 60; ++epoch) expected = exact->RunEpoch(stop).loss;
  EXPECT_NEAR(last, expected, 1e-3 * expected);
}

TEST_P(IterativeSolver, EmptyRowsAndRowsOfDislikesAloneGetZeroFactors) {
  Csr matrix = RandomInteractions(21, 30, 0.2, 5).by_user;
  for (int64_t k = matrix.offsets[3]; k < matrix.offsets[4]; ++k) {
    matrix.values[k] = -std::abs(matrix.values[k]);
  }
  ASSERT_GT(matrix.RowLength(3), 0);
  ASSERT_EQ(matrix.RowLength(6), 0);
  const FactorModel model = Trained(Config(), Interactions::FromUserRows(matrix), 2);
  for (int64_t k = 0; k < model.factors; ++k) {
    EXPECT_EQ(model.user_factors[3 * model.factors + k], 0);
    EXPECT_EQ(model.user_factors[6 * model.factors + k], 0);
  }
}

TEST_P(IterativeSolver, BytesDoNotDependOnTheNumberOfThreads) {
  const Interactions data = RandomInteractions(300, 200, 0.05, 6);
  SetNumThreads(1);
  const FactorModel one = Trained(Config(), data, 3);
  for (const int threads : {2, 8}) {
    SetNumThreads(threads);
    const FactorModel several = Trained(Config(), data, 3);
    EXPECT_EQ(one.user_factors, several.user_factors);
    EXPECT_EQ(one.item_factors, several.item_factors);
  }
  SetNumThreads(0);
}

TEST_P(IterativeSolver, AStopInTheMiddleAndARestoreEndInTheSameBytes) {
  const Interactions data = RandomInteractions(1500, 900, 0.02, 7);
  const IalsConfig config = Config();
  const FactorModel expected = Trained(config, data, 2);
  int stopped = 0;
  auto solver = MakeIalsCpu(config, data);
  int64_t patience = 300;
  for (int finished = 0; finished < 2;) {
    StopFlag stop;
    std::thread signal([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(patience));
      stop.Request();
    });
    const EpochStats stats = solver->RunEpoch(stop);
    signal.join();
    if (stats.finished) {
      ++finished;
      continue;
    }
    ++stopped;
    patience += patience / 4;  // so that it ends on a busy machine, too
    const State state = solver->Save();
    solver = MakeIalsCpu(config, data);
    solver->Restore(state);
  }
  EXPECT_GT(stopped, 0);
  const FactorModel model = std::get<FactorModel>(solver->Release());
  EXPECT_EQ(model.user_factors, expected.user_factors);
  EXPECT_EQ(model.item_factors, expected.item_factors);
}

TEST_P(IterativeSolver, EveryInstructionSetReachesTheSameLoss) {
  const Interactions data = RandomInteractions(80, 60, 0.1, 8);
  const std::string best = SimdTarget();
  const double loss = IalsLoss(Config(), data, Trained(Config(), data, 4));
  for (const std::string& target : AvailableSimdTargets()) {
    PinSimdTarget(target);
    EXPECT_NEAR(IalsLoss(Config(), data, Trained(Config(), data, 4)), loss, 1e-5 * loss) << target;
  }
  PinSimdTarget(best);
}

INSTANTIATE_TEST_SUITE_P(Each, IterativeSolver, ::testing::Values("cg", "ialspp"));

TEST(ConjugateGradients, OneStepAndManyFollowTheIterationToo) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 9);
  IalsConfig config = SmallConfig("cg");
  config.regularization = 0.25 / 12;
  for (const int64_t steps : {1, 2, 4}) {
    config.cg_steps = steps;
    ExpectTheSameIteration(config, data, 2);
  }
}

TEST(SubspaceOptimization, BlocksOfEverySizeFollowTheIterationToo) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 10);
  IalsConfig config = SmallConfig("ialspp");
  config.factors = 100;
  config.regularization = 0.25 / 12;
  for (const int64_t block : {1, 8, 17, 32, 50, 64, 96, 100, 300}) {
    SCOPED_TRACE(block);
    config.block_size = block;
    ExpectTheSameIteration(config, data, 2);
  }
}

// So many short rows that their blocks are solved through systems of their entries, beside longer
// ones, and a last block of 16 factors.
TEST(SubspaceOptimization, ShortRowsFollowTheIterationToo) {
  const Interactions data = RandomInteractions(500, 400, 0.04, 5);
  IalsConfig config = SmallConfig("ialspp");
  config.factors = 80;
  config.block_size = 32;
  ASSERT_TRUE(BlockBasis::Pays(data.by_user.view(), config.factors, config.block_size));
  ASSERT_TRUE(BlockBasis::Pays(data.by_item.view(), config.factors, config.block_size));
  ExpectTheSameIteration(config, data, 1);
  const auto solver = MakeIalsCpu(config, data);
  const StopFlag stop;
  for (int epoch = 0; epoch < 3; ++epoch) {
    const double loss = solver->RunEpoch(stop).loss;
    const double expected = IalsLoss(config, data, std::get<FactorModel>(solver->Snapshot()));
    EXPECT_NEAR(loss, expected, 1e-5 * expected);
  }
}

// An item that every one of a hundred thousand users has, beside some of a few hundred.
TEST(RowsOfEveryLength, AreSolvedToTheLossThatIsReported) {
  constexpr int64_t kUsers = 100'000;
  Csr users;
  users.rows = kUsers;
  users.cols = 301;
  for (int64_t user = 0; user < kUsers; ++user) {
    const PhiloxDraw draw = Philox(5, 1, static_cast<uint64_t>(user));
    const auto other = static_cast<int32_t>(1 + draw.word[0] % 300);
    users.ids.insert(users.ids.end(), {0, other});
    users.values.insert(users.values.end(),
                        {UniformFloat(draw.word[1]), UniformFloat(draw.word[2]) - 0.3f});
    users.offsets.push_back(users.nnz());
  }
  const Interactions data = Interactions::FromUserRows(std::move(users));
  const StopFlag stop;
  for (const char* solver : {"cholesky", "cg", "ialspp"}) {
    IalsConfig config = SmallConfig(solver);
    config.factors = 16;
    const auto trained = MakeIalsCpu(config, data);
    double last = INFINITY;
    for (int epoch = 0; epoch < 2; ++epoch) {
      const double loss = trained->RunEpoch(stop).loss;
      EXPECT_LT(loss, last) << solver;
      last = loss;
    }
    const double expected = IalsLoss(config, data, std::get<FactorModel>(trained->Snapshot()));
    EXPECT_NEAR(last, expected, 1e-5 * expected) << solver;
  }
}

TEST(SubspaceOptimization, OneBlockOfAllFactorsIsTheExactSolution) {
  const Interactions data = RandomInteractions(60, 45, 0.15, 11);
  IalsConfig config = SmallConfig("ialspp");
  config.regularization = 0.25 / 12;
  config.block_size = config.factors;
  const FactorModel swept = Trained(config, data, 3);
  config.solver = "cholesky";
  const FactorModel exact = Trained(config, data, 3);
  EXPECT_LT(
      LargestDifference(swept.user_factors, {exact.user_factors.begin(), exact.user_factors.end()}),
      1e-4);
}

// The largest |A x - b| over the largest |b| of folded-in users, in float64.
double LargestResidual(const IalsConfig& config, const FactorModel& model, const CsrView& rows,
                       const AlignedVector<float>& users) {
  const int64_t f = config.factors;
  const auto item = [&](int64_t id, int64_t k) {
    return static_cast<double>(model.item_factors[id * f + k]);
  };
  double residual = 0;
  double size = 0;
  for (int64_t row = 0; row < rows.rows; ++row) {
    const float* x = users.data() + row * f;
    const double shift = static_cast<double>(IalsRowRegularization(
        ScalarsOf(config), rows.offsets[row + 1] - rows.offsets[row], rows.cols));
    std::vector<double> left(static_cast<size_t>(f), 0.0);
    std::vector<double> right(left);
    for (int64_t k = 0; k < f; ++k) left[k] = shift * static_cast<double>(x[k]);
    int64_t entry = rows.offsets[row];
    for (int64_t id = 0; id < rows.cols; ++id) {
      double weight = config.unobserved_weight;
      double target = 0;
      if (entry < rows.offsets[row + 1] && rows.ids[entry] == id) {
        const double confidence = 1 + config.alpha * std::abs(rows.values[entry]);
        weight += confidence;
        target = rows.values[entry++] > 0 ? confidence : 0.0;
      }
      double score = 0;
      for (int64_t k = 0; k < f; ++k) score += item(id, k) * static_cast<double>(x[k]);
      for (int64_t k = 0; k < f; ++k) {
        left[k] += weight * score * item(id, k);
        right[k] += target * item(id, k);
      }
    }
    for (int64_t k = 0; k < f; ++k) {
      residual = std::max(residual, std::abs(left[k] - right[k]));
      size = std::max(size, std::abs(right[k]));
    }
  }
  return residual / size;
}

TEST(IalsFoldIn, SolvesItsEquationsAtLargeDimensionsToo) {
  const Interactions data = RandomInteractions(60, 50, 0.2, 12);
  const Interactions unseen = RandomInteractions(40, 50, 0.3, 13);
  for (const int64_t factors : {64, 1100}) {
    IalsConfig config = SmallConfig("cg");
    config.factors = factors;
    const FactorModel model = Trained(config, data, 1);
    const CsrView rows = unseen.by_user.view();
    const AlignedVector<float> users = FoldInUsers(config, model, rows);
    EXPECT_LT(LargestResidual(config, model, rows, users), 2e-5) << factors;
    config.solver = "ialspp";
    EXPECT_EQ(FoldInUsers(config, model, rows), users) << "whatever trained the model";
  }
}

TEST(IalsSolverChoice, DependsOnTheShapeAloneAndSaysWhy) {
  IalsConfig config;
  const auto choice = [&](int64_t factors, int64_t users, int64_t items, int64_t entries) {
    config.factors = factors;
    return ChooseIalsSolver(config, users, items, entries);
  };
  // As measured (bench/RESULTS.md): steps with one product for all rows while that is small; where
  // rows are few beside the dimension, blocks; few factors are solved at once.
  for (const int64_t factors : {64, 128, 256, 512}) {
    EXPECT_EQ(choice(factors, 136677, 20108, 10000000).solver, "cg") << factors;
    EXPECT_EQ(choice(factors, 29858, 40981, 810128).solver, "cg") << factors;
  }
  EXPECT_EQ(choice(1024, 29858, 40981, 810128).solver, "ialspp");
  EXPECT_EQ(choice(2048, 29858, 40981, 810128).solver, "ialspp");
  EXPECT_EQ(choice(8, 136677, 20108, 10000000).solver, "cholesky");
  config.cg_steps = 30;
  EXPECT_NE(choice(256, 136677, 20108, 10000000).solver, "cg");
  config.cg_steps = 3;
  EXPECT_NE(choice(256, 136677, 20108, 10000000).reason.find("256 factors"), std::string::npos);
  config.solver = "auto";
  EXPECT_FALSE(Settle(config, 136677, 20108, 10000000).empty());
  EXPECT_NE(config.solver, "auto");
  EXPECT_TRUE(Settle(config, 1, 1, 1).empty());
}

TEST(IalsSolverChoice, TrainsAsTheSolverThatItStandsFor) {
  const Interactions data = RandomInteractions(60, 45, 0.15, 14);
  IalsConfig config = SmallConfig("auto");
  const FactorModel chosen = Trained(config, data, 2);
  Settle(config, data.by_user.rows, data.by_item.rows, data.by_user.nnz());
  EXPECT_EQ(chosen.user_factors, Trained(config, data, 2).user_factors);
}

TEST(IalsEstimate, KnowsTheSolvers) {
  IalsConfig config;
  config.factors = 1024;
  std::vector<double> flops;
  for (const char* solver : {"cholesky", "cg", "ialspp"}) {
    config.solver = solver;
    const CostEstimate estimate = EstimateIalsCpu(config, 136677, 20108, 10000000);
    flops.push_back(estimate.flops_per_epoch);
    EXPECT_GT(estimate.host_bytes, 4 * (136677 + 20108) * 1024) << solver;
  }
  EXPECT_LT(flops[1], flops[2]);
  EXPECT_LT(flops[2], flops[0]);
  // No thread holds a matrix of all factors.
  config.factors = 8192;
  config.solver = "ialspp";
  const int64_t before = EstimateIalsCpu(config, 1000, 1000, 10000).host_bytes;
  SetNumThreads(NumThreads() + 10);
  const int64_t after = EstimateIalsCpu(config, 1000, 1000, 10000).host_bytes;
  SetNumThreads(0);
  EXPECT_LT(after - before, 10 * (int64_t{16} << 20));
}

}  // namespace
}  // namespace tidewright
