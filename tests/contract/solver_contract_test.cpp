#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "host/backend/backend.h"
#include "host/data/split.h"
#include "host/train/algorithms.h"
#include "tests/support/ials_reference.h"

namespace tidewright {
namespace {

// What every algorithm promises on every backend (host/model/solver.h). A new one is tested by its
// line in host/train/algorithms.cpp; what a backend lacks is skipped, saying so.
struct Case {
  const AlgorithmEntry* algorithm;
  const Backend* backend;
  std::string solver;  // of those the algorithm has, if any
};

void PrintTo(const Case& test_case, std::ostream* out) {
  *out << test_case.algorithm->name << " " << test_case.solver << " on " << test_case.backend->name;
}

std::vector<std::string> SolversOf(const AlgorithmEntry& algorithm) {
  for (const ConfigField& field : algorithm.make()->fields()) {
    if (field.name == "solver") return field.choices;
  }
  return {""};
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const AlgorithmEntry& algorithm : Algorithms()) {
    for (const Backend* backend : {&CpuBackend(), &CudaBackend()}) {
      for (const std::string& solver : SolversOf(algorithm)) {
        cases.push_back({&algorithm, backend, solver});
      }
    }
  }
  return cases;
}

class SolverContract : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!GetParam().backend->unavailable.empty()) GTEST_SKIP() << GetParam().backend->unavailable;
    algorithm_ = GetParam().algorithm->make();
    for (const ConfigField& field : algorithm_->fields()) {
      if (field.name == "factors") SetField(field, "12", "test");
      if (field.name == "solver") SetField(field, GetParam().solver, "test");
    }
    algorithm_->Settle(data_.by_user.rows, data_.by_item.rows, data_.by_user.nnz());
  }
  std::unique_ptr<Solver> NewSolver() const {
    return algorithm_->MakeSolver(*GetParam().backend, data_);
  }

  const Interactions data_ = RandomInteractions(90, 60, 0.15, 21);
  std::unique_ptr<Algorithm> algorithm_;
  const StopFlag never_;
};

void ExpectSameModel(const Model& a, const Model& b) {
  const auto& x = std::get<FactorModel>(a);
  const auto& y = std::get<FactorModel>(b);
  EXPECT_EQ(x.user_factors, y.user_factors);
  EXPECT_EQ(x.item_factors, y.item_factors);
  EXPECT_EQ(x.item_gramian, y.item_gramian);
}

TEST_P(SolverContract, EpochsFinishWithALossThatFalls) {
  const auto solver = NewSolver();
  double last = INFINITY;
  for (int epoch = 0; epoch < 5; ++epoch) {
    const EpochStats stats = solver->RunEpoch(never_);
    ASSERT_TRUE(stats.finished);
    ASSERT_TRUE(std::isfinite(stats.loss));
    EXPECT_LT(stats.loss, last);
    EXPECT_FALSE(stats.validation.has_value());
    last = stats.loss;
  }
}

TEST_P(SolverContract, TwoRunsEndInTheSameBytes) {
  const auto one = NewSolver();
  const auto two = NewSolver();
  for (int epoch = 0; epoch < 3; ++epoch) {
    EXPECT_EQ(one->RunEpoch(never_).loss, two->RunEpoch(never_).loss);
  }
  ExpectSameModel(one->Snapshot(), two->Snapshot());
}

TEST_P(SolverContract, AStoppedSolverGoesOnFromItsStateToTheSameBytes) {
  const auto expected = NewSolver();
  for (int epoch = 0; epoch < 3; ++epoch) expected->RunEpoch(never_);
  const auto stopped = NewSolver();
  stopped->RunEpoch(never_);
  StopFlag stop;
  stop.Request();
  EXPECT_FALSE(stopped->RunEpoch(stop).finished);
  const auto resumed = NewSolver();
  resumed->Restore(stopped->Save());
  for (int epoch = 1; epoch < 3; ++epoch) EXPECT_TRUE(resumed->RunEpoch(never_).finished);
  ExpectSameModel(expected->Snapshot(), resumed->Snapshot());
}

TEST_P(SolverContract, ReleaseHandsOutWhatSnapshotShows) {
  const auto solver = NewSolver();
  solver->RunEpoch(never_);
  const Model shown = solver->Snapshot();
  ExpectSameModel(shown, solver->Release());
  const auto& model = std::get<FactorModel>(shown);
  EXPECT_EQ(model.users, data_.by_user.rows);
  EXPECT_EQ(model.items, data_.by_item.rows);
  EXPECT_EQ(static_cast<int64_t>(model.user_factors.size()), model.users * model.factors);
  EXPECT_EQ(static_cast<int64_t>(model.item_factors.size()), model.items * model.factors);
  EXPECT_EQ(static_cast<int64_t>(model.item_gramian.size()), model.factors * model.factors);
}

TEST_P(SolverContract, AWatchedMetricComesWithEveryEpoch) {
  EvalSet judged;
  judged.model_rows = {0, 1, 2};
  judged.known = SelectRows(data_.by_user, judged.model_rows);
  judged.relevant.rows = 3;
  judged.relevant.cols = data_.by_user.cols;
  for (int64_t row = 0; row < 3; ++row) {
    // One item a user that is not known of the user.
    int32_t item = 0;
    while (std::find(judged.known.ids.begin() + judged.known.offsets[row],
                     judged.known.ids.begin() + judged.known.offsets[row + 1],
                     item) != judged.known.ids.begin() + judged.known.offsets[row + 1]) {
      ++item;
    }
    judged.relevant.ids.push_back(item);
    judged.relevant.values.push_back(1);
    judged.relevant.offsets.push_back(judged.relevant.nnz());
  }
  const auto solver = NewSolver();
  solver->AttachValidation({&judged, "ndcg", 20});
  const EpochStats stats = solver->RunEpoch(never_);
  ASSERT_TRUE(stats.validation.has_value());
  EXPECT_GE(*stats.validation, 0);
  EXPECT_LE(*stats.validation, 1);
}

std::string CaseName(const ::testing::TestParamInfo<Case>& info) {
  std::string name =
      info.param.algorithm->name + "_" + info.param.solver + "_on_" + info.param.backend->name;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Everywhere, SolverContract, ::testing::ValuesIn(Cases()), CaseName);

}  // namespace
}  // namespace tidewright
