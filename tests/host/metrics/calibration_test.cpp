#include "host/metrics/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "host/core/random.h"

namespace tidewright {
namespace {

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Rows whose true log-odds are `truth` of what the model says.
template <class Truth>
ScoredRows DrawRows(int64_t rows, uint64_t seed, const Truth& truth) {
  ScoredRows scored;
  for (int64_t row = 0; row < rows; ++row) {
    const PhiloxDraw draw = Philox(seed, 77, static_cast<uint64_t>(row));
    const double x = 8 * UniformDouble(draw.word[0], draw.word[1]) - 4;
    const double u = UniformDouble(draw.word[2], draw.word[3]);
    scored.probability.push_back(Sigmoid(x));
    scored.label.push_back(u < Sigmoid(truth(x)) ? 1.0f : 0.0f);
  }
  return scored;
}

double Miss(const Calibrator& calibrator, double x, double truth) {
  return std::abs(CalibratedProbability(calibrator, x) - Sigmoid(truth));
}

TEST(Calibration, PlattFindsTheSlopeAndTheShiftOfTheLogOdds) {
  const auto truth = [](double x) { return 0.5 * x - 0.8; };
  const auto found = FitCalibrator(CalibrationMethod::kPlatt, DrawRows(60000, 1, truth));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->a, 0.5, 0.02);
  EXPECT_NEAR(found->c, -0.8, 0.03);
}

TEST(Calibration, KnotsOfVeryHeavyRowsAreProbabilitiesStill) {
  ScoredRows rows = DrawRows(600, 3, [](double x) { return 40 * x; });
  rows.weight.assign(rows.label.size(), 1e9f);
  const auto found = FitCalibrator(CalibrationMethod::kIsotonic, rows);
  ASSERT_TRUE(found);
  for (const double p : found->probability) {
    EXPECT_GT(p, 0);
    EXPECT_LT(p, 1);
  }
}

TEST(Calibration, BetaBendsEachEndOnItsOwn) {
  const auto truth = [](double x) {
    const double p = Sigmoid(x);
    return 0.4 * std::log(p) - 1.6 * std::log1p(-p) + 0.3;
  };
  const ScoredRows rows = DrawRows(60000, 2, truth);
  const auto beta = FitCalibrator(CalibrationMethod::kBeta, rows);
  ASSERT_TRUE(beta);
  EXPECT_NEAR(beta->a, 0.4, 0.04);
  EXPECT_NEAR(beta->b, 1.6, 0.06);
  EXPECT_NEAR(beta->c, 0.3, 0.08);
  const auto platt = FitCalibrator(CalibrationMethod::kPlatt, rows);
  EXPECT_LT(Miss(*beta, -3, truth(-3)), 0.01);
  EXPECT_GT(Miss(*platt, -3, truth(-3)), 0.02);
}

TEST(Calibration, ASlopeOfBetaThatWouldFallIsLeftOut) {
  // Rises with -ln(1 - p) and falls a little with ln p.
  const auto truth = [](double x) {
    const double p = Sigmoid(x);
    return -0.3 * std::log(p) - 1.2 * std::log1p(-p) - 1;
  };
  const auto beta = FitCalibrator(CalibrationMethod::kBeta, DrawRows(40000, 3, truth));
  ASSERT_TRUE(beta);
  EXPECT_EQ(beta->a, 0);
  EXPECT_GT(beta->b, 0.5);
}

TEST(Calibration, IsotonicFollowsAStepAndStaysBetweenZeroAndOne) {
  const auto truth = [](double x) { return x < 1 ? -2.0 : 1.0; };
  const ScoredRows rows = DrawRows(60000, 4, truth);
  const auto found = FitCalibrator(CalibrationMethod::kIsotonic, rows);
  ASSERT_TRUE(found);
  for (const double x : {-3.0, -1.0, 0.5, 1.5, 3.0}) EXPECT_LT(Miss(*found, x, truth(x)), 0.03);
  for (size_t knot = 0; knot < found->log_odds.size(); ++knot) {
    EXPECT_GT(found->probability[knot], 0);
    EXPECT_LT(found->probability[knot], 1);
    if (knot == 0) continue;
    EXPECT_GT(found->log_odds[knot], found->log_odds[knot - 1]);
    EXPECT_GE(found->probability[knot], found->probability[knot - 1]);
  }
}

TEST(Calibration, IsotonicPoolsViolatorsByHand) {
  ScoredRows rows;
  rows.probability = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  rows.label = {0, 1, 0, 0, 1, 1};
  const auto found = FitCalibrator(CalibrationMethod::kIsotonic, rows);
  ASSERT_TRUE(found);
  // Blocks {0}, {1 0 0}, {1 1}; the ends are drawn half a row away from 0 and 1.
  EXPECT_NEAR(CalibratedProbability(*found, LogOddsOf(0.05)), 1.0 / 3, 1e-8);
  EXPECT_NEAR(CalibratedProbability(*found, LogOddsOf(0.3)), 1.0 / 3, 1e-8);
  EXPECT_NEAR(CalibratedProbability(*found, LogOddsOf(0.9)), 0.8, 1e-8);
}

TEST(Calibration, WeightsCountAsRepetition) {
  ScoredRows rows = DrawRows(500, 5, [](double x) { return 0.7 * x; });
  ScoredRows twice = rows;
  for (size_t row = 0; row < rows.label.size(); ++row) {
    rows.weight.push_back(row % 3 == 0 ? 2.0f : 1.0f);
    if (row % 3 != 0) continue;
    twice.probability.push_back(rows.probability[row]);
    twice.label.push_back(rows.label[row]);
  }
  for (const CalibrationMethod method : CalibrationMethods()) {
    const auto weighted = FitCalibrator(method, rows);
    const auto repeated = FitCalibrator(method, twice);
    ASSERT_TRUE(weighted && repeated);
    for (const double x : {-3.0, -0.5, 0.0, 2.0}) {
      EXPECT_NEAR(CalibratedProbability(*weighted, x), CalibratedProbability(*repeated, x), 1e-7);
    }
  }
}

TEST(Calibration, RowsThatCanBeToldApartGiveAFiniteCurve) {
  ScoredRows rows;
  for (int row = 0; row < 200; ++row) {
    rows.probability.push_back(row < 100 ? 0.2 + 0.001 * row : 0.5 + 0.001 * row);
    rows.label.push_back(row < 100 ? 0.0f : 1.0f);
  }
  for (const CalibrationMethod method : {CalibrationMethod::kPlatt, CalibrationMethod::kBeta}) {
    const auto found = FitCalibrator(method, rows);
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::isfinite(found->a + found->b + found->c));
    EXPECT_GT(CalibratedProbability(*found, 1), 0.9);
    EXPECT_LT(CalibratedProbability(*found, -1), 0.1);
  }
}

TEST(Calibration, CertainProbabilitiesAreTakenAsVeryLikely) {
  ScoredRows rows = DrawRows(2000, 6, [](double x) { return x; });
  for (size_t row = 0; row < 20; ++row) rows.probability[row] = row % 2 == 0 ? 0.0 : 1.0;
  for (const CalibrationMethod method : CalibrationMethods()) {
    const auto found = FitCalibrator(method, rows);
    ASSERT_TRUE(found);
    for (const double x : {-50.0, 0.0, 50.0}) {
      const double p = CalibratedProbability(*found, x);
      EXPECT_TRUE(p >= 0 && p <= 1);
    }
  }
}

TEST(Calibration, AModelThatRanksBackwardsGetsNoCalibrator) {
  const ScoredRows rows = DrawRows(4000, 7, [](double x) { return -x; });
  for (const CalibrationMethod method : {CalibrationMethod::kPlatt, CalibrationMethod::kBeta}) {
    EXPECT_FALSE(FitCalibrator(method, rows));
  }
  ScoredRows one_class = rows;
  for (float& label : one_class.label) label = 1;
  EXPECT_FALSE(FitCalibrator(CalibrationMethod::kPlatt, one_class));
}

}  // namespace
}  // namespace tidewright
