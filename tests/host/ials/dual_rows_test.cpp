#include "host/ials/dual_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host/core/parallel.h"
#include "host/linalg/dense.h"
#include "host/linalg/packed.h"
#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

// A half over users with random item factors, as a solver has it.
struct Half {
  Half(const IalsConfig& config, double density)
      : data(RandomInteractions(300, 200, density, 3)),
        factors(InitialFactors(config, data.by_user.cols, true)),
        base(static_cast<size_t>(PackedFloats(config.factors))) {
    PackedGramian(factors.data(), data.by_user.cols, config.factors, base.data());
    for (float& value : base) value *= static_cast<float>(config.unobserved_weight);
    problem = {ScalarsOf(config), data.by_user.view(), factors.data(), config.factors, base.data()};
    expected = SolveRowsDense(config, data.by_user.view(),
                              std::vector<double>(factors.begin(), factors.end()));
  }

  Interactions data;
  AlignedVector<float> factors;
  AlignedVector<float> base;
  IalsRowProblem problem;
  std::vector<double> expected;
};

IalsConfig ConfigOf(int64_t factors, double exponent) {
  IalsConfig config;
  config.factors = factors;
  config.regularization = 0.25 / std::pow(12.0, exponent);
  config.frequency_exponent = exponent;
  config.alpha = 0.7;
  config.init_scale = 1.0;
  return config;
}

class DualRowsFor : public ::testing::TestWithParam<double> {};

TEST_P(DualRowsFor, RowsMatchADenseFloat64SolutionAndTheirShareOfTheObjective) {
  for (const int64_t f : {24, 33, 100}) {
    const Half half(ConfigOf(f, GetParam()), 0.05);
    const CsrView& rows = half.problem.rows;
    const DualRows dual(half.problem);
    DualRows::Workspace workspace(f);
    double largest = 0;
    double scale = 0;
    int taken = 0;
    for (int64_t row = 0; row < rows.rows; ++row) {
      const int64_t entries = rows.offsets[row + 1] - rows.offsets[row];
      if (entries == 0 || !DualRows::Takes(entries, f)) continue;
      ++taken;
      const float regularization = IalsRowRegularization(half.problem.scalars, entries, rows.cols);
      ASSERT_TRUE(dual.CanSolve(regularization));
      const IalsRowResult result = dual.SolveRotated(row, regularization, 2, {}, &workspace);
      ASSERT_TRUE(result.solved);
      dual.RotateBack(3, &workspace);
      const float* x = workspace.block.data() + 2 * f;
      const double* expected = half.expected.data() + row * f;
      double loss = 0;
      double norm = 0;
      for (int64_t k = 0; k < f; ++k) {
        largest = std::max(largest, std::abs(static_cast<double>(x[k]) - expected[k]));
        scale = std::max(scale, std::abs(expected[k]));
        norm += expected[k] * expected[k];
      }
      for (int64_t e = rows.offsets[row]; e < rows.offsets[row + 1]; ++e) {
        const double c = IalsConfidence(half.problem.scalars, rows.values[e]);
        const double p = IalsPreference(rows.values[e]);
        double score = 0;
        for (int64_t k = 0; k < f; ++k) {
          score += expected[k] * half.factors[static_cast<int64_t>(rows.ids[e]) * f + k];
        }
        loss += c * p * (p - score);  // at the minimum: sum c p^2 - <b, x>
      }
      EXPECT_NEAR(result.loss, loss, 1e-4 * (1 + loss));
      const double lambda = static_cast<double>(regularization);
      EXPECT_NEAR(result.regularization, lambda * norm, 1e-4 * (1e-3 + lambda * norm));
    }
    EXPECT_GT(taken, 100);
    EXPECT_LT(largest, 1e-4 * scale) << f;
  }
}

INSTANTIATE_TEST_SUITE_P(FrequencyExponents, DualRowsFor, ::testing::Values(0.0, 0.5, 1.0));

TEST(DualRows, ASpectrumBeyondFloat32IsLeftToTheOtherEquations) {
  IalsConfig config = ConfigOf(24, 1);
  config.unobserved_weight = 0;
  config.regularization = 0;
  const Half half(config, 0.1);
  EXPECT_FALSE(DualRows(half.problem).CanSolve(0.0f));
}

TEST(DualRows, PayWhereRowsAreManyAndShort) {
  const Interactions few = RandomInteractions(40, 30, 0.2, 1);
  EXPECT_FALSE(DualRows::Pays(few.by_user.view(), 32));
  const Interactions many = RandomInteractions(3000, 100, 0.1, 1);
  EXPECT_TRUE(DualRows::Pays(many.by_user.view(), 64));
  EXPECT_FALSE(DualRows::Pays(many.by_user.view(), 8));
}

// Enough rows that the solver takes the dual in both halves, among them rows too long for it.
TEST_P(DualRowsFor, AWholeRunMatchesADenseFloat64Solution) {
  const Interactions data = RandomInteractions(600, 500, 0.04, 4);
  IalsConfig config = ConfigOf(40, GetParam());
  config.init_scale = 0.1;
  ASSERT_TRUE(DualRows::Pays(data.by_user.view(), config.factors));
  ASSERT_TRUE(DualRows::Pays(data.by_item.view(), config.factors));
  IalsReference reference(config, data);
  const auto solver = MakeIalsCpu(config, data);
  const StopFlag stop;
  double loss = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    reference.RunEpoch(config, data);
    loss = solver->RunEpoch(stop).loss;
  }
  const FactorModel model = std::get<FactorModel>(solver->Snapshot());
  double largest = 0;
  double scale = 0;
  for (size_t i = 0; i < model.user_factors.size(); ++i) {
    largest = std::max(largest, std::abs(model.user_factors[i] - reference.user_factors[i]));
    scale = std::max(scale, std::abs(reference.user_factors[i]));
  }
  EXPECT_LT(largest, 1e-4 * scale);
  EXPECT_NEAR(loss, IalsLoss(config, data, model), 1e-5 * loss);
}

TEST(DualRows, TheSameBytesForAnyNumberOfThreads) {
  const Interactions data = RandomInteractions(600, 500, 0.04, 4);
  const IalsConfig config = ConfigOf(40, 1);
  AlignedVector<float> first;
  for (const int threads : {1, 2, 8}) {
    SetNumThreads(threads);
    const auto solver = MakeIalsCpu(config, data);
    solver->RunEpoch(StopFlag());
    const FactorModel model = std::get<FactorModel>(solver->Snapshot());
    if (first.empty()) first = model.item_factors;
    EXPECT_EQ(first, model.item_factors) << threads;
  }
  SetNumThreads(0);
}

}  // namespace
}  // namespace tidewright
