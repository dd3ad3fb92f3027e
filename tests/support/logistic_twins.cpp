#include "tests/support/logistic_twins.h"

#include <gtest/gtest.h>

#include <utility>

#include "host/backend/tolerances.h"

namespace tidewright {
namespace {

std::unique_ptr<Solver> SolverFor(const MakeLogistic& make, const LogisticConfig& config,
                                  const FeatureTable& table) {
  TableProblem problem;
  problem.train = table;
  return make(config, std::move(problem));
}

LinearModel Finish(Solver& solver, const LogisticConfig& config, int64_t* epochs) {
  const StopFlag stop;
  int64_t done = 0;
  for (; done < config.epochs; ++done) {
    if (solver.RunEpoch(stop).converged) break;
  }
  if (epochs != nullptr) *epochs = done + 1;
  return std::get<LinearModel>(solver.Snapshot());
}

}  // namespace

LinearModel TrainLogistic(const MakeLogistic& make, const LogisticConfig& config,
                          const FeatureTable& table, int64_t* epochs) {
  return Finish(*SolverFor(make, config, table), config, epochs);
}

void ExpectLogisticTwins(const MakeLogistic& make, const LogisticConfig& config,
                         const FeatureTable& table) {
  const LinearModel expected = TrainLogistic(MakeLogisticCpu, config, table);
  const LinearModel model = TrainLogistic(make, config, table);
  ASSERT_EQ(model.feature, expected.feature);
  ASSERT_EQ(model.category, expected.category);
  EXPECT_NEAR(model.intercept, expected.intercept, kLogisticTolerance);
  for (int64_t t = 0; t < model.terms(); ++t) {
    EXPECT_NEAR(model.coefficient[t], expected.coefficient[t], kLogisticTolerance) << t;
  }

  const std::unique_ptr<Solver> cpu = SolverFor(MakeLogisticCpu, config, table);
  const std::unique_ptr<Solver> twin = SolverFor(make, config, table);
  for (int epoch = 0; epoch < 3; ++epoch) {
    const EpochStats stats = twin->RunEpoch(StopFlag());
    EXPECT_TRUE(stats.finished);
    EXPECT_NEAR(stats.loss, cpu->RunEpoch(StopFlag()).loss, kLogisticTolerance);
  }
  const std::unique_ptr<Solver> resumed = SolverFor(make, config, table);
  resumed->Restore(twin->Save());
  const LinearModel after = Finish(*resumed, config, nullptr);
  EXPECT_EQ(after.coefficient, model.coefficient);
  EXPECT_EQ(after.intercept, model.intercept);
}

}  // namespace tidewright
