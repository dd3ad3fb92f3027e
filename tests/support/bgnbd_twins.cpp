#include "tests/support/bgnbd_twins.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/time.h"
#include "host/data/synthetic_customers.h"

namespace tidewright {
namespace {

// Sums of the same terms in another order.
constexpr double kSumRounding = 1e-11;
// The fit ends within its tolerance of the same maximum.
constexpr double kFitRounding = 1e-6;

void ExpectNearRelative(double value, double expected, double scale, double tolerance) {
  EXPECT_NEAR(value, expected, tolerance * (std::abs(expected) + scale));
}

}  // namespace

PurchaseCells MadeUpCells(int64_t customers) {
  SyntheticCustomers shape;
  shape.customers = customers;
  const EventLog log = SyntheticCustomerLog(shape, 23);
  const int64_t cutoff = (DaysFromCivil(2020, 1, 1) + 364) * kMicrosPerDay;
  return GatherCells(ReadHistories(log, customers, {{1}, 0}, cutoff), 7 * kMicrosPerDay);
}

void ExpectBgnbdTwins(const MakeBgnbdTwin& make, const PurchaseCells& cells) {
  const std::unique_ptr<BgnbdSummer> twin = make(cells);
  const std::unique_ptr<BgnbdSummer> cpu = MakeBgnbdCpu(cells);
  const auto count = static_cast<double>(cells.size());
  for (const BgnbdParameters& p :
       {BgnbdParameters{0.243, 4.414, 0.793, 2.426}, BgnbdParameters{3, 0.1, 20, 0.5}}) {
    const std::vector<BgnbdFrequencyTerms> terms = FrequencyTerms(p, cells.frequencies);
    const BgnbdSums expected = cpu->Sum(p, terms);
    const BgnbdSums sums = twin->Sum(p, terms);
    ExpectNearRelative(sums.log_likelihood, expected.log_likelihood, count, kSumRounding);
    ExpectNearRelative(sums.by_r, expected.by_r, count, kSumRounding);
    ExpectNearRelative(sums.by_log_alpha, expected.by_log_alpha, count, kSumRounding);
    ExpectNearRelative(sums.by_a, expected.by_a, count, kSumRounding);
    ExpectNearRelative(sums.by_b, expected.by_b, count, kSumRounding);
    const BgnbdSums again = twin->Sum(p, terms);
    EXPECT_EQ(again.log_likelihood, sums.log_likelihood);
    EXPECT_EQ(again.by_r, sums.by_r);
    EXPECT_EQ(again.by_b, sums.by_b);
  }
  const StopFlag never;
  const BgnbdParameters fitted = FitBgnbd({}, cells, *twin, never).parameters;
  const BgnbdParameters expected = FitBgnbd({}, cells, *cpu, never).parameters;
  ExpectNearRelative(fitted.r, expected.r, 0, kFitRounding);
  ExpectNearRelative(fitted.alpha, expected.alpha, 0, kFitRounding);
  ExpectNearRelative(fitted.a, expected.a, 0, kFitRounding);
  ExpectNearRelative(fitted.b, expected.b, 0, kFitRounding);
}

}  // namespace tidewright
