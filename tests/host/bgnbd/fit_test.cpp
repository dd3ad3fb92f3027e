#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/bgnbd/bgnbd.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/time.h"
#include "host/data/synthetic_customers.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

// The log likelihood as Fader, Hardie and Lee (2005) print it, by lgamma.
double PaperLogLikelihood(const BgnbdParameters& p, const PurchaseCells& cells) {
  double sum = 0;
  for (int64_t cell = 0; cell < cells.size(); ++cell) {
    const double x = cells.frequencies[cells.place[cell]];
    const double a1 = std::lgamma(p.r + x) - std::lgamma(p.r) + p.r * std::log(p.alpha);
    const double a2 = std::lgamma(p.a + p.b) + std::lgamma(p.b + x) - std::lgamma(p.b) -
                      std::lgamma(p.a + p.b + x);
    const double here = std::exp(-(p.r + x) * std::log(p.alpha + cells.age[cell]));
    const double left =
        x > 0 ? p.a / (p.b + x - 1) * std::exp(-(p.r + x) * std::log(p.alpha + cells.recency[cell]))
              : 0;
    sum += cells.customers[cell] * (a1 + a2 + std::log(here + left));
  }
  return sum;
}

BgnbdSums SumOf(const BgnbdParameters& p, const PurchaseCells& cells) {
  return MakeBgnbdCpu(cells)->Sum(p, FrequencyTerms(p, cells.frequencies));
}

PurchaseCells DrawCustomers(const BgnbdParameters& truth, int64_t count, double weeks) {
  SyntheticCustomers shape;
  shape.customers = count;
  shape.weeks = weeks;
  shape.r = truth.r;
  shape.alpha = truth.alpha;
  shape.a = truth.a;
  shape.b = truth.b;
  const EventLog log = SyntheticCustomerLog(shape, 17);
  const auto cutoff = (DaysFromCivil(2020, 1, 1) + static_cast<int64_t>(7 * weeks)) * kMicrosPerDay;
  return GatherCells(ReadHistories(log, count, {{1}, 0}, cutoff), 7 * kMicrosPerDay);
}

PurchaseCells CellsOf(const std::vector<PurchaseHistory>& histories) {
  return GatherCells(histories, 1);
}

TEST(BgnbdLikelihood, IsThatOfThePaper) {
  const PurchaseCells cells =
      CellsOf({{0, 0, 30}, {0, 0, 12}, {1, 4, 30}, {3, 11, 12}, {3, 11, 12}, {17, 20, 38}});
  for (const BgnbdParameters& p :
       {BgnbdParameters{0.243, 4.414, 0.793, 2.426}, BgnbdParameters{5, 80, 0.01, 0.2},
        BgnbdParameters{1, 1, 1, 1}}) {
    EXPECT_NEAR(SumOf(p, cells).log_likelihood, PaperLogLikelihood(p, cells), 1e-9);
  }
}

TEST(BgnbdLikelihood, HasItsOwnDerivatives) {
  const PurchaseCells cells =
      CellsOf({{0, 0, 30}, {1, 4, 30}, {3, 11, 12}, {3, 12, 12}, {17, 20, 38}, {40, 5, 300}});
  const BgnbdParameters p = {0.6, 7, 1.4, 2.1};
  const BgnbdSums sums = SumOf(p, cells);
  const auto slope = [&](double BgnbdParameters::*which) {
    const double step = 1e-5 * p.*which;
    BgnbdParameters up = p;
    BgnbdParameters down = p;
    up.*which += step;
    down.*which -= step;
    return (SumOf(up, cells).log_likelihood - SumOf(down, cells).log_likelihood) / (2 * step);
  };
  EXPECT_NEAR(sums.by_r, slope(&BgnbdParameters::r), 1e-6);
  EXPECT_NEAR(sums.by_log_alpha, p.alpha * slope(&BgnbdParameters::alpha), 1e-6);
  EXPECT_NEAR(sums.by_a, slope(&BgnbdParameters::a), 1e-6);
  EXPECT_NEAR(sums.by_b, slope(&BgnbdParameters::b), 1e-6);
}

TEST(BgnbdLikelihood, StaysFiniteForLongHistoriesAndExtremeParameters) {
  const PurchaseCells cells =
      CellsOf({{20000, 3000, 3000}, {20000, 10, 3000}, {0, 0, 0}, {1, 0, 0}});
  for (const BgnbdParameters& p :
       {BgnbdParameters{1e-5, 1e-5, 1e-5, 1e-5}, BgnbdParameters{1e5, 1e6, 1e5, 1e5}}) {
    const BgnbdSums sums = SumOf(p, cells);
    for (const double value :
         {sums.log_likelihood, sums.by_r, sums.by_log_alpha, sums.by_a, sums.by_b}) {
      EXPECT_TRUE(std::isfinite(value));
    }
  }
}

TEST(BgnbdFit, FindsTheParametersOfDrawnCustomers) {
  const BgnbdParameters truth = {0.6, 5, 0.9, 2.5};
  const PurchaseCells cells = DrawCustomers(truth, 40000, 60);
  const auto summer = MakeBgnbdCpu(cells);
  const BgnbdFit fit = FitBgnbd({}, cells, *summer, StopFlag());
  BgnbdModel model;
  model.parameters = fit.parameters;
  model.log_covariance = fit.log_covariance;
  const std::array<double, 4> errors = StandardErrors(model);
  EXPECT_NEAR(fit.parameters.r, truth.r, 4 * errors[0]);
  EXPECT_NEAR(fit.parameters.alpha, truth.alpha, 4 * errors[1]);
  EXPECT_NEAR(fit.parameters.a, truth.a, 4 * errors[2]);
  EXPECT_NEAR(fit.parameters.b, truth.b, 4 * errors[3]);
  EXPECT_LT(errors[0], 0.03);
  // A maximum: no step along an axis is better.
  for (const double factor : {0.99, 1.01}) {
    for (double BgnbdParameters::*which :
         {&BgnbdParameters::r, &BgnbdParameters::alpha, &BgnbdParameters::a, &BgnbdParameters::b}) {
      BgnbdParameters other = fit.parameters;
      other.*which *= factor;
      EXPECT_LT(SumOf(other, cells).log_likelihood, fit.log_likelihood);
    }
  }
}

TEST(BgnbdFit, IsTheSameForAnyNumberOfThreads) {
  const PurchaseCells cells = DrawCustomers({0.6, 5, 0.9, 2.5}, 40000, 60);
  const auto summer = MakeBgnbdCpu(cells);
  std::vector<BgnbdFit> fits;
  for (const int threads : {1, 2, 8}) {
    SetNumThreads(threads);
    fits.push_back(FitBgnbd({}, cells, *summer, StopFlag()));
  }
  SetNumThreads(0);
  for (const BgnbdFit& fit : fits) {
    EXPECT_EQ(fit.parameters.r, fits[0].parameters.r);
    EXPECT_EQ(fit.parameters.alpha, fits[0].parameters.alpha);
    EXPECT_EQ(fit.log_covariance, fits[0].log_covariance);
  }
}

std::string RefusalOf(const PurchaseCells& cells, BgnbdConfig config = {}) {
  const auto summer = MakeBgnbdCpu(cells);
  try {
    FitBgnbd(config, cells, *summer, StopFlag());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(BgnbdFit, RefusesWhatItCannotLearnFrom) {
  EXPECT_THAT(RefusalOf(CellsOf({})), HasSubstr("found 0 customers"));
  EXPECT_THAT(RefusalOf(CellsOf({{3, 2, 5}})), HasSubstr("found 1 customers"));
  EXPECT_THAT(RefusalOf(CellsOf({{0, 0, 5}, {0, 0, 9}})), HasSubstr("no customer came back"));
  BgnbdConfig once;
  once.iterations = 1;
  EXPECT_THAT(RefusalOf(DrawCustomers({0.6, 5, 0.9, 2.5}, 1000, 60), once),
              HasSubstr("has not converged after 1 iterations"));
}

// Everybody is seen until the end and at one rate: no one ever leaves, and rates do not differ.
TEST(BgnbdFit, RefusesALikelihoodWithoutAMaximumUnlessAPenaltyMakesOne) {
  std::vector<PurchaseHistory> histories;
  for (int64_t user = 0; user < 200; ++user) histories.push_back({10, 100 + user, 101 + user});
  EXPECT_THAT(RefusalOf(CellsOf(histories)),
              HasSubstr("has no maximum on this log (nobody ever seems to leave"));
  BgnbdConfig penalised;
  penalised.penalty = 0.01;
  EXPECT_EQ(RefusalOf(CellsOf(histories), penalised), "");
}

TEST(BgnbdFit, StopsWhenAsked) {
  StopFlag stop;
  stop.Request();
  const PurchaseCells cells = DrawCustomers({0.6, 5, 0.9, 2.5}, 1000, 60);
  const auto summer = MakeBgnbdCpu(cells);
  EXPECT_TRUE(FitBgnbd({}, cells, *summer, stop).stopped);
}

}  // namespace
}  // namespace tidewright
