#ifndef TIDEWRIGHT_HOST_MODEL_CALIBRATOR_H_
#define TIDEWRIGHT_HOST_MODEL_CALIBRATOR_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tidewright {

// How a model's log-odds x become a probability that means what it says:
// - platt (Platt 1999): 1 / (1 + exp(-(a x + c)));
// - beta (Kull, Silva Filho and Flach 2017): 1 / (1 + exp(-(a ln p - b ln(1 - p) + c))), where p is
//   the model's probability;
// - isotonic (Zadrozny and Elkan 2002): a line between neighbouring knots, flat beyond the first
//   and the last.
enum class CalibrationMethod { kPlatt, kIsotonic, kBeta };

const std::vector<CalibrationMethod>& CalibrationMethods();
std::string CalibrationMethodName(CalibrationMethod method);  // "platt", "isotonic", "beta"

struct Calibrator {
  CalibrationMethod method = CalibrationMethod::kPlatt;
  double a = 1;  // platt: above 0; beta: not negative
  double b = 1;  // beta: not negative, and not 0 with a
  double c = 0;
  std::vector<double> log_odds;     // isotonic: the knots, rising
  std::vector<double> probability;  // at each knot; in (0, 1), never falling
};

// {"a":…,"c":…,"method":"platt"}: its method and its numbers as JSON.
std::string CalibratorText(const Calibrator& calibrator);

// Never falls with `log_odds`; in [0, 1].
double CalibratedProbability(const Calibrator& calibrator, double log_odds);

struct CalibrationQuality {
  double log_loss = 0;
  double brier = 0;
  double ece = 0;
};

// What was tried on a model's probabilities, by what it was judged, and what was kept.
struct CalibrationRecord {
  std::string judged_by;  // "cross-fitting", "validation", "test"
  CalibrationQuality uncalibrated;
  std::vector<std::pair<CalibrationMethod, CalibrationQuality>> tried;
  std::optional<Calibrator> kept;  // nothing: none improved both log loss and Brier score
};

// The record as JSON, for the manifest, and back. Throws DataError naming `path` and the key where
// it is none: numbers that are not finite, knots that do not rise, a probability that falls.
std::string CalibrationText(const CalibrationRecord& record);
CalibrationRecord ParseCalibration(const std::string& json, const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_CALIBRATOR_H_
