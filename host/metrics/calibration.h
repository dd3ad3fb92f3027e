#ifndef TIDEWRIGHT_HOST_METRICS_CALIBRATION_H_
#define TIDEWRIGHT_HOST_METRICS_CALIBRATION_H_

#include <optional>

#include "host/metrics/classification.h"
#include "host/model/calibrator.h"

namespace tidewright {

// ln(p / (1 - p)), to the nearest 1e-9 and at most 36 from 0: the same number whatever library took
// the logarithm.
double LogOddsOf(double probability);

// The calibrator of one method that fits scored rows best. Rows are weighted; folds do not matter.
// - platt, beta: maximum likelihood by Newton's method, with Platt's targets (N1 + 1) / (N1 + 2)
// and
//   1 / (N0 + 2) in place of 1 and 0, N1 and N0 the weights of the classes, so that rows that can
//   be told apart perfectly give no infinite slope. A negative slope of beta's is left out, as Kull
//   et al. do, and the other one fitted again.
// - isotonic: pool adjacent violators (Ayer et al. 1955). A block at either end that saw only one
//   label is taken to have seen half a row of the other, so that no probability is 0 or 1.
// Numbers are kept to 9 digits, which no rounding on the way reaches. Nothing where the rows lack a
// class, or where the best fit would not rise with the model's probability.
std::optional<Calibrator> FitCalibrator(CalibrationMethod method, const ScoredRows& rows);

ScoredRows CalibrateRows(const Calibrator& calibrator, ScoredRows rows);

CalibrationQuality QualityOfProbabilities(const ScoredRows& rows);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_METRICS_CALIBRATION_H_
