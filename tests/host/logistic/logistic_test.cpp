#include "host/logistic/logistic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/random.h"
#include "host/logistic/logistic_core.h"
#include "host/metrics/classification.h"
#include "tests/support/logistic_reference.h"

namespace tidewright {
namespace {

struct Fit {
  LinearModel model;
  std::vector<double> losses;
  bool converged = false;
};

Fit RunEpochs(Solver& solver, int64_t epochs) {
  Fit fit;
  const StopFlag stop;
  while (static_cast<int64_t>(fit.losses.size()) < epochs && !fit.converged) {
    const EpochStats stats = solver.RunEpoch(stop);
    fit.losses.push_back(stats.loss);
    fit.converged = stats.converged;
  }
  fit.model = std::get<LinearModel>(solver.Snapshot());
  return fit;
}

Fit FitOf(const LogisticConfig& config, const FeatureTable& table, const Model* start = nullptr) {
  TableProblem problem;
  problem.train = table;
  problem.start = start;
  return RunEpochs(*MakeLogisticCpu(config, std::move(problem)), config.epochs);
}

void ExpectSameModel(const LinearModel& a, const LinearModel& b, double tolerance) {
  ASSERT_EQ(a.feature, b.feature);
  ASSERT_EQ(a.category, b.category);
  EXPECT_NEAR(a.intercept, b.intercept, tolerance);
  for (int64_t t = 0; t < a.terms(); ++t) {
    EXPECT_NEAR(a.coefficient[t], b.coefficient[t], tolerance) << "term " << t;
  }
}

bool SameBytes(const LinearModel& a, const LinearModel& b) {
  return a.intercept == b.intercept && a.coefficient.size() == b.coefficient.size() &&
         std::memcmp(a.coefficient.data(), b.coefficient.data(),
                     a.coefficient.size() * sizeof(double)) == 0;
}

// A few hundred rows of which the first column alone tells the label.
FeatureTable SeparableTable() {
  FeatureTable table = MakeChurnLikeTable({});
  for (int64_t row = 0; row < table.rows; ++row) {
    table.label[row] = table.columns[0].values[row] > 36 ? 1.0f : 0.0f;
  }
  return table;
}

// Ten thousand rows, so that there are several blocks and parts.
FeatureTable LargerTable() {
  ChurnLikeOptions options;
  options.rows = 10000;
  return MakeChurnLikeTable(options);
}

TEST(LogisticTest, TermsAreStandardisedByRowsAndWeights) {
  const FeatureTable table = MakeChurnLikeTable({});
  const LinearModel terms = MakeTerms(table);
  const std::vector<double> z = StandardisedTerms(terms, table);
  const std::vector<double> weight = RowWeights(table, 1);
  // tenure; charges and whether missing; 4 of 5 categories and whether missing; year; senior.
  EXPECT_THAT(terms.feature, testing::ElementsAre(0, 1, 1, 2, 2, 2, 2, 2, 3, 4));
  EXPECT_THAT(terms.category, testing::ElementsAre(kTermNumber, kTermNumber, kTermMissing, 0, 1, 2,
                                                   4, kTermMissing, kTermNumber, kTermNumber));
  EXPECT_EQ(terms.features, 6);
  for (int64_t t = 0; t < terms.terms(); ++t) {
    double mean = 0;
    double square = 0;
    double used = 0;
    for (int64_t row = 0; row < table.rows; ++row) {
      const double value = z[row * terms.terms() + t];
      mean += weight[row] * value;
      square += weight[row] * value * value;
      const bool missing = std::isnan(table.columns[terms.feature[t]].values[row]);
      if (!missing || terms.category[t] != kTermNumber) used += weight[row];
    }
    EXPECT_NEAR(mean, 0, 1e-9) << t;
    EXPECT_NEAR(square / used, 1, 1e-9) << t;
  }
}

TEST(LogisticTest, MarginsAreTheSumOfTerms) {
  const FeatureTable table = MakeChurnLikeTable({});
  LinearModel model = MakeTerms(table);
  model.intercept = 0.3;
  for (int64_t t = 0; t < model.terms(); ++t) model.coefficient[t] = 0.1 * static_cast<double>(t);
  const std::vector<double> z = StandardisedTerms(model, table);
  const std::vector<double> margins = LinearMargins(model, table);
  for (int64_t row = 0; row < table.rows; ++row) {
    double margin = model.intercept;
    for (int64_t t = 0; t < model.terms(); ++t) {
      margin += model.coefficient[t] * z[row * model.terms() + t];
    }
    EXPECT_NEAR(margins[row], margin, 1e-9);
  }
}

TEST(LogisticTest, TheScalarFormulasHoldAtEveryMargin) {
  for (const double margin : {-800.0, -30.0, -0.5, 0.0, 0.5, 30.0, 800.0}) {
    const LogisticPart part = LogisticOf(margin, true);
    EXPECT_TRUE(std::isfinite(part.loss));
    EXPECT_DOUBLE_EQ(part.loss, LogisticOf(-margin, false).loss);
    EXPECT_NEAR(part.residual, ProbabilityOf(margin) - 1, 1e-15);
    if (std::abs(margin) < 100) {
      EXPECT_NEAR(part.loss, std::log1p(std::exp(-margin)), 1e-14);
    }
  }
}

TEST(LogisticTest, MatchesNewtonsMethodInDouble) {
  for (const double l2 : {1.0, 1e-2, 1e-4}) {
    for (const double scale : {1.0, 3.0}) {
      LogisticConfig config;
      config.l2 = l2;
      config.scale_pos_weight = scale;
      const FeatureTable table = MakeChurnLikeTable({});
      const Fit fit = FitOf(config, table);
      EXPECT_TRUE(fit.converged);
      ExpectSameModel(fit.model, ReferenceFit(config, table), 1e-5);
    }
  }
}

TEST(LogisticTest, WithoutPenaltyTheFunctionIsTheReference) {
  LogisticConfig config;
  config.l2 = 0;
  ChurnLikeOptions options;
  options.categories = false;  // with them the coefficients are not unique
  const FeatureTable table = MakeChurnLikeTable(options);
  const Fit fit = FitOf(config, table);
  EXPECT_TRUE(fit.converged);
  ExpectSameModel(fit.model, ReferenceFit(config, table), 1e-4);
}

TEST(LogisticTest, L1MatchesCoordinateDescent) {
  for (const double l1 : {1e-3, 1e-2, 5e-2}) {
    LogisticConfig config;
    config.l1 = l1;
    config.l2 = 1e-3;
    const FeatureTable table = MakeChurnLikeTable({});
    const Fit fit = FitOf(config, table);
    EXPECT_TRUE(fit.converged);
    ExpectSameModel(fit.model, ReferenceFit(config, table), 1e-5);
  }
}

TEST(LogisticTest, L1MeetsItsOptimalityConditions) {
  LogisticConfig config;
  config.l1 = 0.02;
  config.l2 = 0;
  const FeatureTable table = LargerTable();
  const Fit fit = FitOf(config, table);
  ASSERT_TRUE(fit.converged);
  std::vector<double> gradient;
  ObjectiveOf(config, fit.model, table, &gradient);
  int64_t zeros = 0;
  for (int64_t t = 0; t < fit.model.terms(); ++t) {
    const double c = fit.model.coefficient[t];
    if (c == 0) {
      ++zeros;
      EXPECT_LE(std::abs(gradient[t]), config.l1 + 1e-6) << t;
    } else {
      EXPECT_NEAR(gradient[t], c > 0 ? -config.l1 : config.l1, 1e-6) << t;
    }
  }
  EXPECT_NEAR(gradient.back(), 0, 1e-6);
  EXPECT_GT(zeros, 0);
  EXPECT_LT(zeros, fit.model.terms());
}

TEST(LogisticTest, AnL1ThatOutweighsEverythingLeavesTheBaseRate) {
  LogisticConfig config;
  config.l1 = 10;
  const FeatureTable table = MakeChurnLikeTable({});
  const Fit fit = FitOf(config, table);
  for (const double c : fit.model.coefficient) EXPECT_EQ(c, 0);
  double positive = 0;
  double all = 0;
  for (int64_t row = 0; row < table.rows; ++row) {
    all += table.weight[row];
    positive += table.weight[row] * table.label[row];
  }
  EXPECT_NEAR(fit.model.intercept, std::log(positive / (all - positive)), 1e-9);
}

TEST(LogisticTest, TheLossIsTheObjectiveAndNeverRises) {
  for (const double l1 : {0.0, 0.01}) {
    LogisticConfig config;
    config.l1 = l1;
    const FeatureTable table = LargerTable();
    const Fit fit = FitOf(config, table);
    ASSERT_GT(fit.losses.size(), 3u);
    for (size_t i = 1; i < fit.losses.size(); ++i) EXPECT_LE(fit.losses[i], fit.losses[i - 1]);
    std::vector<double> gradient;
    EXPECT_NEAR(fit.losses.back(), ObjectiveOf(config, fit.model, table, &gradient), 1e-8);
  }
}

TEST(LogisticTest, AWeightCountsAsRepetition) {
  const FeatureTable weighted = MakeChurnLikeTable({});
  FeatureTable repeated = weighted;
  repeated.weight.clear();
  repeated.label.clear();
  for (FeatureColumn& column : repeated.columns) column.values.clear();
  for (int64_t row = 0; row < weighted.rows; ++row) {
    for (int r = 0; r < static_cast<int>(weighted.weight[row]); ++r) {
      repeated.label.push_back(weighted.label[row]);
      for (size_t c = 0; c < repeated.columns.size(); ++c) {
        repeated.columns[c].values.push_back(weighted.columns[c].values[row]);
      }
    }
  }
  repeated.rows = static_cast<int64_t>(repeated.label.size());
  for (const double l1 : {0.0, 0.01}) {
    LogisticConfig config;
    config.l1 = l1;
    ExpectSameModel(FitOf(config, weighted).model, FitOf(config, repeated).model, 1e-5);
  }
}

TEST(LogisticTest, ARowOfWeightZeroChangesNothingHoweverFarOut) {
  FeatureTable table = MakeChurnLikeTable({});
  const Fit without = FitOf({}, table);
  for (size_t row = 0; row < table.weight.size(); ++row) {
    if (table.weight[row] == 0) table.columns[3].values[row] = 3e38f;
  }
  const Fit with = FitOf({}, table);
  EXPECT_TRUE(SameBytes(without.model, with.model));
}

TEST(LogisticTest, TheSameBytesForAnyNumberOfThreads) {
  const FeatureTable table = LargerTable();
  for (const double l1 : {0.0, 0.01}) {
    LogisticConfig config;
    config.l1 = l1;
    std::vector<LinearModel> models;
    for (const int threads : {1, 2, 8}) {
      SetNumThreads(threads);
      models.push_back(FitOf(config, table).model);
    }
    SetNumThreads(0);
    EXPECT_TRUE(SameBytes(models[0], models[1]));
    EXPECT_TRUE(SameBytes(models[0], models[2]));
  }
}

TEST(LogisticTest, AResumedRunEndsInTheSameBytes) {
  const FeatureTable table = MakeChurnLikeTable({});
  for (const double l1 : {0.0, 0.01}) {
    LogisticConfig config;
    config.l1 = l1;
    const Fit whole = FitOf(config, table);
    for (const int64_t before : {0, 1, 3, 12}) {
      TableProblem problem;
      problem.train = table;
      const std::unique_ptr<Solver> first = MakeLogisticCpu(config, problem);
      RunEpochs(*first, before);
      // A stop within an epoch loses what the epoch did, and changes nothing.
      StopFlag stop;
      stop.Request();
      EXPECT_FALSE(first->RunEpoch(stop).finished);
      const std::unique_ptr<Solver> second = MakeLogisticCpu(config, problem);
      second->Restore(first->Save());
      const Fit rest = RunEpochs(*second, config.epochs);
      EXPECT_TRUE(SameBytes(rest.model, whole.model)) << before;
      EXPECT_EQ(rest.losses.size() + static_cast<size_t>(before), whole.losses.size());
    }
  }
}

TEST(LogisticTest, AStateOfAnotherTableIsRefused) {
  TableProblem problem;
  problem.train = MakeChurnLikeTable({});
  const std::unique_ptr<Solver> solver = MakeLogisticCpu({}, problem);
  RunEpochs(*solver, 2);
  ChurnLikeOptions options;
  options.categories = false;
  TableProblem other;
  other.train = MakeChurnLikeTable(options);
  EXPECT_THROW(MakeLogisticCpu({}, other)->Restore(solver->Save()), DataError);
  EXPECT_THROW(MakeLogisticCpu({}, other)->Restore(State()), DataError);
}

TEST(LogisticTest, SeparableDataStayFinite) {
  for (const double l2 : {0.0, 1e-4}) {
    LogisticConfig config;
    config.l2 = l2;
    const Fit fit = FitOf(config, SeparableTable());
    for (const double c : fit.model.coefficient) EXPECT_TRUE(std::isfinite(c));
    EXPECT_TRUE(std::isfinite(fit.losses.back()));
    EXPECT_LT(fit.losses.back(), 0.05);
  }
}

TEST(LogisticTest, AWarmStartBeginsWhereTheModelStands) {
  const FeatureTable table = MakeChurnLikeTable({});
  LogisticConfig config;
  const Model done = FitOf(config, table).model;
  const Fit again = FitOf(config, table, &done);
  EXPECT_TRUE(again.converged);
  EXPECT_EQ(again.losses.size(), 1u);
  EXPECT_TRUE(SameBytes(again.model, std::get<LinearModel>(done)));
}

TEST(LogisticTest, AWarmStartFromOtherScalesIsTheSameFunction) {
  const FeatureTable table = MakeChurnLikeTable({});
  const Model done = FitOf({}, table).model;
  FeatureTable other = table;
  other.weight.clear();  // other centres and scales
  TableProblem problem;
  problem.train = other;
  problem.start = &done;
  const LinearModel begun =
      std::get<LinearModel>(MakeLogisticCpu({}, std::move(problem))->Snapshot());
  const std::vector<double> before = LinearMargins(std::get<LinearModel>(done), other);
  const std::vector<double> after = LinearMargins(begun, other);
  for (int64_t row = 0; row < other.rows; ++row) {
    if (std::isnan(other.columns[1].values[row])) continue;
    EXPECT_NEAR(before[row], after[row], 1e-9);
  }
}

TEST(LogisticTest, AWarmStartFromOtherTermsIsRefused) {
  const FeatureTable table = MakeChurnLikeTable({});
  ChurnLikeOptions options;
  options.missing = false;
  const Model other = FitOf({}, MakeChurnLikeTable(options)).model;
  EXPECT_THROW(FitOf({}, table, &other), DataError);
  const Model factors = FactorModel();
  EXPECT_THROW(FitOf({}, table, &factors), DataError);
}

TEST(LogisticTest, ValidationIsTheMetricOfTheModel) {
  const FeatureTable table = MakeChurnLikeTable({});
  const FeatureTable held_out = LargerTable();
  TableProblem problem;
  problem.train = table;
  const std::unique_ptr<Solver> solver = MakeLogisticCpu({}, problem);
  ValidationSet validation;
  validation.table = &held_out;
  validation.metric = "auc";
  solver->AttachValidation(validation);
  const EpochStats stats = solver->RunEpoch(StopFlag());
  ScoredRows rows;
  for (const double margin : LinearMargins(std::get<LinearModel>(solver->Snapshot()), held_out)) {
    rows.probability.push_back(ProbabilityOf(margin));
  }
  rows.label = held_out.label;
  rows.weight = held_out.weight;
  ASSERT_TRUE(stats.validation.has_value());
  EXPECT_EQ(*stats.validation, ClassificationMetric("auc", rows));
}

TEST(LogisticTest, AConstantTableGivesTheBaseRate) {
  FeatureTable table = MakeChurnLikeTable({});
  table.columns = {table.columns.back()};
  const Fit fit = FitOf({}, table);
  EXPECT_EQ(fit.model.terms(), 0);
  EXPECT_TRUE(fit.converged);
}

TEST(LogisticTest, TheEstimateGrowsWithTheTable) {
  const CostEstimate small = EstimateLogisticCpu({}, 1000, 10);
  const CostEstimate large = EstimateLogisticCpu({}, 100000, 10);
  EXPECT_GT(small.flops_per_epoch, 0);
  EXPECT_GT(large.bytes_per_epoch, 50 * small.bytes_per_epoch);
  EXPECT_GT(large.host_bytes, 8 * 100000 * 10);
  double flops = 0;
  for (const CostPhase& phase : large.phases) flops += phase.flops;
  EXPECT_DOUBLE_EQ(flops, large.flops_per_epoch);
}

}  // namespace
}  // namespace tidewright
