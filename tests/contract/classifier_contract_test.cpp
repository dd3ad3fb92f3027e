#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <memory>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "host/backend/backend.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/data/feature_table.h"
#include "host/model/model_file.h"
#include "host/train/classifiers.h"

namespace tidewright {
namespace {

// What every classifier promises on every backend (host/model/solver.h). A new one is tested by its
// line in host/train/classifiers.cpp; what a backend lacks is skipped, saying so.
struct ClassifierCase {
  const ClassifierEntry* classifier;
  const Backend* backend;
};

void PrintTo(const ClassifierCase& test_case, std::ostream* out) {
  *out << test_case.classifier->name << " on " << test_case.backend->name;
}

std::vector<ClassifierCase> ClassifierCases() {
  std::vector<ClassifierCase> cases;
  for (const ClassifierEntry& classifier : Classifiers()) {
    for (const Backend* backend : {&CpuBackend(), &CudaBackend()}) {
      cases.push_back({&classifier, backend});
    }
  }
  return cases;
}

// A number with gaps, a boolean and a category; the label follows all three.
FeatureTable MixedTable(int64_t rows) {
  FeatureTable table;
  table.rows = rows;
  table.columns.resize(3);
  table.columns[0].description = {"months", FeatureKind::kNumber, {}};
  table.columns[1].description = {"paperless", FeatureKind::kBoolean, {}};
  table.columns[2].description = {"plan", FeatureKind::kCategory, {"a", "b", "c", "d", "e", "f"}};
  table.label_name = "left=yes";
  for (int64_t row = 0; row < rows; ++row) {
    const PhiloxDraw draw = Philox(7, static_cast<uint64_t>(row), 0);
    const auto months = static_cast<float>(draw.word[0] % 60);
    const auto paperless = static_cast<float>(draw.word[1] % 2);
    const auto plan = static_cast<float>(draw.word[2] % 6);
    const double odds = 1.0 - 0.05 * months + 0.7 * paperless + (plan > 3 ? 1.0 : -0.5);
    const double uniform = UniformFloat(draw.word[3]);
    table.label.push_back(uniform < 1 / (1 + std::exp(-odds)) ? 1.0f : 0.0f);
    table.columns[0].values.push_back(row % 17 == 0 ? kMissing : months);
    table.columns[1].values.push_back(paperless);
    table.columns[2].values.push_back(row % 23 == 0 ? kMissing : plan);
  }
  return table;
}

class ClassifierContract : public ::testing::TestWithParam<ClassifierCase> {
 protected:
  void SetUp() override {
    if (!GetParam().backend->unavailable.empty()) GTEST_SKIP() << GetParam().backend->unavailable;
    classifier_ = GetParam().classifier->make();
    try {
      NewSolver();
    } catch (const DeviceError& error) {
      GTEST_SKIP() << error.what();
    }
  }
  std::unique_ptr<Solver> NewSolver(const Model* start = nullptr) const {
    return classifier_->MakeSolver(*GetParam().backend, {table_, start});
  }

  const FeatureTable table_ = MixedTable(700);
  std::unique_ptr<Classifier> classifier_;
  const StopFlag never_;
};

void ExpectSameArrays(const Model& a, const Model& b) {
  EXPECT_EQ(ArraysChecksum(ModelArrays(a, "")), ArraysChecksum(ModelArrays(b, "")));
}

TEST_P(ClassifierContract, EpochsFinishWithALossThatFalls) {
  const auto solver = NewSolver();
  double last = INFINITY;
  for (int epoch = 0; epoch < 4; ++epoch) {
    const EpochStats stats = solver->RunEpoch(never_);
    ASSERT_TRUE(stats.finished);
    EXPECT_LT(stats.loss, last);
    EXPECT_FALSE(stats.validation.has_value());
    last = stats.loss;
  }
  EXPECT_LT(last, 0.69);
}

TEST_P(ClassifierContract, AnyNumberOfThreadsEndsInTheSameBytes) {
  const int before = NumThreads();
  std::vector<Model> models;
  for (const int threads : {1, 2, 8}) {
    SetNumThreads(threads);
    const auto solver = NewSolver();
    for (int epoch = 0; epoch < 3; ++epoch) solver->RunEpoch(never_);
    models.push_back(solver->Snapshot());
  }
  SetNumThreads(before);
  ExpectSameArrays(models[0], models[1]);
  ExpectSameArrays(models[0], models[2]);
}

TEST_P(ClassifierContract, AStoppedSolverGoesOnFromItsStateToTheSameBytes) {
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
  ExpectSameArrays(expected->Snapshot(), resumed->Snapshot());
}

TEST_P(ClassifierContract, AModelToGoOnFromGivesALowerLossThanNone) {
  const auto first = NewSolver();
  for (int epoch = 0; epoch < 3; ++epoch) first->RunEpoch(never_);
  const Model start = first->Snapshot();
  const double fresh = NewSolver()->RunEpoch(never_).loss;
  EXPECT_LT(NewSolver(&start)->RunEpoch(never_).loss, fresh);
}

TEST_P(ClassifierContract, AWatchedMetricIsThatOfTheSnapshot) {
  const FeatureTable watched = MixedTable(300);
  const auto solver = NewSolver();
  ValidationSet validation;
  validation.metric = "log_loss";
  validation.table = &watched;
  solver->AttachValidation(validation);
  for (int epoch = 0; epoch < 3; ++epoch) {
    const EpochStats stats = solver->RunEpoch(never_);
    ASSERT_TRUE(stats.validation.has_value());
    double loss = 0;
    const std::vector<double> margins = Margins(solver->Snapshot(), watched);
    for (int64_t row = 0; row < watched.rows; ++row) {
      const double agreement = watched.label[row] > 0 ? margins[row] : -margins[row];
      loss += std::log1p(std::exp(-agreement)) / static_cast<double>(watched.rows);
    }
    EXPECT_NEAR(*stats.validation, loss, 1e-6);
  }
}

std::string ClassifierCaseName(const ::testing::TestParamInfo<ClassifierCase>& test) {
  std::string name = test.param.classifier->name + "_on_" + test.param.backend->name;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Everywhere, ClassifierContract, ::testing::ValuesIn(ClassifierCases()),
                         ClassifierCaseName);

}  // namespace
}  // namespace tidewright
