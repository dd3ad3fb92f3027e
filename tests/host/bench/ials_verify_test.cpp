#include "host/bench/ials_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class IalsVerify : public ::testing::Test {
 protected:
  IalsVerify() : data_(RandomInteractions(60, 30, 0.2, 5)) {
    config_.factors = 12;
    config_.alpha = 0.5;
    const auto solver = MakeIalsCpu(config_, data_);
    loss_ = solver->RunEpoch(StopFlag()).loss;
    model_ = std::get<FactorModel>(solver->Snapshot());
  }
  ~IalsVerify() override { SetNumThreads(0); }

  IalsVerification Verify(double loss) const {
    IalsVerification verification;
    VerifyModel(CpuBackend(), config_, data_, model_, loss, &verification);
    return verification;
  }
  std::string Refusal(double loss) const {
    try {
      Verify(loss);
    } catch (const DeviceError& error) {
      return error.what();
    }
    return "";
  }

  Interactions data_;
  IalsConfig config_;
  FactorModel model_;
  double loss_ = 0;
};

TEST_F(IalsVerify, TakesWhatTheSolverMade) {
  const IalsVerification verification = Verify(loss_);
  EXPECT_LT(verification.loss, 1e-5);
  EXPECT_GT(verification.equations, 0);
  EXPECT_LT(verification.equations, 1e-4);
}

TEST_F(IalsVerify, MeasuresTheObjectiveByItsDefinition) {
  const double objective = IalsLoss(config_, data_, model_);
  EXPECT_LT(Verify(objective).loss, 1e-6);
}

TEST_F(IalsVerify, FindsTheSameForAnyNumberOfThreads) {
  SetNumThreads(1);
  const IalsVerification one = Verify(loss_);
  SetNumThreads(3);
  EXPECT_EQ(Verify(loss_).loss, one.loss);
}

TEST_F(IalsVerify, RefusesALossThatIsNotTheModels) {
  EXPECT_THAT(Refusal(loss_ * 1.0001), HasSubstr("the reported loss differs"));
  EXPECT_THAT(Refusal(std::nan("")), HasSubstr("the reported loss differs"));
}

TEST_F(IalsVerify, RefusesARowThatDoesNotSolveItsEquations) {
  int64_t item = 0;
  while (data_.by_item.RowLength(item) == 0) ++item;
  for (int64_t k = 0; k < config_.factors; ++k) {
    model_.item_factors[item * config_.factors + k] *= 1.01f;
  }
  EXPECT_THAT(Refusal(IalsLoss(config_, data_, model_)), HasSubstr("the equations of an item"));
}

// What has the loss that it says it has, but has not been trained.
TEST_F(IalsVerify, RefusesARowThatNoIterativeSolverHasTouched) {
  const StopFlag never;
  for (const std::string solver : {"cg", "ialspp"}) {
    SCOPED_TRACE(solver);
    config_.solver = solver;
    const auto trained = MakeIalsCpu(config_, data_);
    loss_ = trained->RunEpoch(never).loss;
    model_ = std::get<FactorModel>(trained->Snapshot());
    const IalsVerification verification = Verify(loss_);
    EXPECT_GT(verification.balance, 0);
    EXPECT_LT(verification.balance, 0.2);
    model_.item_factors =
        std::get<FactorModel>(MakeIalsCpu(config_, data_)->Snapshot()).item_factors;
    EXPECT_THAT(Refusal(IalsLoss(config_, data_, model_)), HasSubstr("x^T A x of items"));
  }
}

TEST_F(IalsVerify, TheCpuHasNoTwin) {
  IalsVerification verification;
  VerifyTwin(CpuBackend(), config_, &verification);
  EXPECT_EQ(verification.twin, 0);
}

}  // namespace
}  // namespace tidewright
