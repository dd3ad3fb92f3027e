// What BG/NBD expects of a customer, against mpmath at 60 digits and more: equation 10 of Fader,
// Hardie and Lee (2005) with its hypergeometric function.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host/bgnbd/bgnbd.h"

namespace tidewright {
namespace {

struct GoldenForecast {
  BgnbdParameters p;
  BgnbdCustomer customer;
  double span;
  double events;
  double alive;
  double silence;
};

const std::vector<GoldenForecast>& GoldenForecasts() {
  static const std::vector<GoldenForecast> golden = {
      {{0.243, 4.414, 0.793, 2.426},
       {2, 30.43, 38.86},
       39,
       1.22602817476714445,
       0.726578570080672911,
       0.445372862082995568},
      {{0.243, 4.414, 0.793, 2.426},
       {0, 0, 38.86},
       39,
       0.195098052011262639,
       1.0,
       0.855449459216681549},
      {{0.243, 4.414, 0.793, 2.426},
       {29, 38, 38.86},
       1,
       0.640023511348095179,
       0.955221721241625895,
       0.534515747202129666},
      {{0.243, 4.414, 1.0000001, 2.426},
       {7, 20, 38.86},
       10,
       0.18094672203165079,
       0.117685083763428743,
       0.908422309602375959},
      {{0.243, 4.414, 0.9999, 2.426},
       {7, 20, 38.86},
       10,
       0.180964080599012014,
       0.117695478594470644,
       0.908414220772522174},
      {{0.5, 0.01, 0.3, 1.5},
       {1, 0.001, 0.02},
       1000,
       1725.75105320766485,
       0.526097449312323906,
       0.473902637130418271},
      {{0.5, 0.01, 0.3, 1.5}, {0, 0, 0}, 1e6, 309621.890114959269, 1.0, 0.0000999999995000000037},
      {{2.5, 10, 3, 0.4},
       {120, 100, 101},
       500,
       54.9958480731670914,
       0.929252418597523878,
       0.0707475814024761219},
      {{1.2, 3, 0.05, 40},
       {900, 365, 366},
       365,
       874.567402625546001,
       0.999386033490653887,
       0.000613966509346112637},
      {{12, 0.5, 900, 3000},
       {5, 3, 4},
       2,
       0.156287022885824596,
       0.0444874814535497899,
       0.955598286192592993},
      {{80, 0.5, 900, 3000},
       {50, 3, 4},
       200,
       9.63521326356070346e-14,
       2.19348106455838754e-14,
       0.999999999999978065},
      {{0.02, 0.001, 0.001, 0.02},
       {3, 5, 9},
       1e5,
       33166.1100819499166,
       0.997088019060262802,
       0.00291198094034055347},
      {{0.243, 4.414, 0.793, 2.426},
       {3, 1, 200},
       1e-6,
       6.80721697454376866e-13,
       0.0000429075070143651718,
       0.999999999999319278},
      {{5, 20, 2, 6},
       {20000, 3000, 3001},
       900,
       4270.73098334331876,
       0.930053707083131544,
       0.0699462929168684562},
  };
  return golden;
}

void ExpectRelative(double value, double golden, double tolerance) {
  EXPECT_LE(std::abs(value - golden), tolerance * std::abs(golden)) << value << " for " << golden;
}

TEST(BgnbdForecast, MeetsMpmath) {
  for (const GoldenForecast& one : GoldenForecasts()) {
    SCOPED_TRACE(one.events);
    ExpectRelative(AliveProbability(one.p, one.customer), one.alive, 1e-11);
    ExpectRelative(SilenceProbability(one.p, one.customer, one.span), one.silence, 1e-11);
    ExpectRelative(ExpectedEvents(one.p, one.customer, one.span), one.events, 1e-10);
  }
}

TEST(BgnbdForecast, HasNoSeamWhereAIsOne) {
  const BgnbdCustomer customer = {7, 20, 38.86};
  const double below = ExpectedEvents({0.243, 4.414, 1 - 1e-6, 2.426}, customer, 10);
  const double above = ExpectedEvents({0.243, 4.414, 1 + 1e-6, 2.426}, customer, 10);
  const double at = ExpectedEvents({0.243, 4.414, 1, 2.426}, customer, 10);
  EXPECT_LT(above, at);
  EXPECT_LT(at, below);
  ExpectRelative(at, (above + below) / 2, 1e-11);
}

// The series and the quadrature take over from each other at some span: nothing jumps there.
TEST(BgnbdForecast, RisesSmoothlyWithTheSpan) {
  const BgnbdParameters p = {0.7, 2, 0.4, 3};
  const BgnbdCustomer customer = {6, 3, 4};
  double before = 0;
  double rise_before = 0;
  for (double span = 100; span < 1000; span += 1) {
    const double events = ExpectedEvents(p, customer, span);
    EXPECT_GT(events, before);
    if (span > 101) ExpectRelative(events - before, rise_before, 0.02);
    rise_before = events - before;
    before = events;
  }
}

TEST(BgnbdForecast, KnowsTheLimits) {
  const BgnbdParameters p = {0.5, 3, 0.8, 2};
  EXPECT_EQ(AliveProbability(p, {0, 0, 50}), 1);
  EXPECT_EQ(ExpectedEvents(p, {3, 5, 6}, 0), 0);
  EXPECT_NEAR(SilenceProbability(p, {3, 5, 6}, 0), 1, 1e-15);
  EXPECT_NEAR(SilenceProbability(p, {3, 5, 6}, 1e12), 1 - AliveProbability(p, {3, 5, 6}), 1e-12);
  // A long silence of a frequent customer is the end.
  EXPECT_LT(AliveProbability(p, {40, 10, 100}), 1e-20);
  EXPECT_GT(AliveProbability(p, {40, 100, 100}), 0.97);
}

}  // namespace
}  // namespace tidewright
