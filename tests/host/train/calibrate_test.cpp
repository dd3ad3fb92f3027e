#include "host/train/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/core/random.h"
#include "host/metrics/calibration.h"

namespace tidewright {
namespace {

// One repeat of `rows` rows in 5 folds; the model's log-odds are `stretch` times the true ones.
ScoredRows FoldedRows(int64_t rows, uint64_t seed, double stretch) {
  ScoredRows scored;
  for (int64_t row = 0; row < rows; ++row) {
    const PhiloxDraw draw = Philox(seed, 78, static_cast<uint64_t>(row));
    const double x = 6 * UniformDouble(draw.word[0], draw.word[1]) - 3;
    scored.probability.push_back(1 / (1 + std::exp(-stretch * x)));
    scored.label.push_back(UniformDouble(draw.word[2], draw.word[3]) < 1 / (1 + std::exp(-x)));
    scored.fold.push_back(static_cast<int32_t>(row % 5));
  }
  return scored;
}

TEST(DecideCalibration, KeepsWhatHelpsAModelThatIsTooSure) {
  const OutOfFoldRows rows = {FoldedRows(4000, 1, 3)};
  const CalibrationRecord record = DecideCalibration("auto", rows, nullptr, "cross-fitting");
  ASSERT_TRUE(record.kept);
  EXPECT_EQ(record.tried.size(), 3u);
  for (const auto& [method, quality] : record.tried) {
    EXPECT_LT(quality.log_loss, record.uncalibrated.log_loss);
    EXPECT_LT(quality.brier, record.uncalibrated.brier);
  }
  EXPECT_GT(record.uncalibrated.ece, 0.05);
  EXPECT_LT(QualityOfProbabilities(CalibrateRows(*record.kept, FoldedRows(4000, 2, 3))).ece, 0.03);
}

TEST(DecideCalibration, KeepsNothingWhereTheHoldoutGetsWorse) {
  const OutOfFoldRows rows = {FoldedRows(3000, 3, 3)};
  const ScoredRows calibrated_already = FoldedRows(3000, 4, 1);
  const CalibrationRecord record =
      DecideCalibration("auto", rows, &calibrated_already, "validation");
  EXPECT_FALSE(record.kept);
  EXPECT_EQ(record.judged_by, "validation");
  EXPECT_EQ(record.uncalibrated.log_loss, QualityOfProbabilities(calibrated_already).log_loss);
}

TEST(DecideCalibration, AnOverfittedCalibratorIsSeenThroughByCrossFitting) {
  // Few rows of a calibrated model: isotonic follows their noise, and improves them alone.
  const OutOfFoldRows rows = {FoldedRows(60, 5, 1)};
  const auto isotonic = FitCalibrator(CalibrationMethod::kIsotonic, rows[0]);
  ASSERT_TRUE(isotonic);
  const CalibrationRecord record = DecideCalibration("isotonic", rows, nullptr, "cross-fitting");
  EXPECT_LT(QualityOfProbabilities(CalibrateRows(*isotonic, rows[0])).log_loss,
            record.uncalibrated.log_loss);
  EXPECT_FALSE(record.kept);
}

TEST(DecideCalibration, TriesOnlyTheMethodAskedFor) {
  const CalibrationRecord record =
      DecideCalibration("platt", {FoldedRows(1000, 6, 3)}, nullptr, "cross-fitting");
  ASSERT_EQ(record.tried.size(), 1u);
  EXPECT_EQ(record.kept->method, CalibrationMethod::kPlatt);
}

TEST(CrossFitCalibration, ARowsOwnFoldDoesNotMoveIt) {
  OutOfFoldRows rows = {FoldedRows(1000, 7, 3), FoldedRows(1000, 7, 2)};
  rows[1].fold.assign(1000, 0);  // other folds in the other repeat: those of the first one count
  const OutOfFoldRows before = CrossFitCalibration(CalibrationMethod::kPlatt, rows);
  for (ScoredRows& repeat : rows) {
    for (size_t row = 0; row < 1000; row += 5) repeat.label[row] = 1 - repeat.label[row];
  }
  const OutOfFoldRows after = CrossFitCalibration(CalibrationMethod::kPlatt, rows);
  ASSERT_EQ(after.size(), 2u);
  for (size_t repeat = 0; repeat < 2; ++repeat) {
    for (size_t row = 0; row < 1000; ++row) {
      if (row % 5 == 0) {
        EXPECT_EQ(after[repeat].probability[row], before[repeat].probability[row]);
      } else {
        EXPECT_NE(after[repeat].probability[row], before[repeat].probability[row]);
      }
    }
  }
}

}  // namespace
}  // namespace tidewright
