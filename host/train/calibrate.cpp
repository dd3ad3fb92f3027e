#include "host/train/calibrate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "host/metrics/calibration.h"
#include "host/train/classifiers.h"

namespace tidewright {
namespace {

// All repeats one below the other; `fold` is that of the first repeat, so that a customer is in one
// fold whatever the repeat. A row's weight is shared between its repeats.
ScoredRows StackRepeats(const OutOfFoldRows& rows) {
  ScoredRows stacked;
  const auto repeats = static_cast<float>(rows.size());
  for (const ScoredRows& repeat : rows) {
    const size_t count = repeat.probability.size();
    stacked.probability.insert(stacked.probability.end(), repeat.probability.begin(),
                               repeat.probability.end());
    stacked.label.insert(stacked.label.end(), repeat.label.begin(), repeat.label.end());
    stacked.fold.insert(stacked.fold.end(), rows[0].fold.begin(), rows[0].fold.end());
    if (repeat.weight.empty() && rows.size() == 1) continue;
    for (size_t row = 0; row < count; ++row) {
      stacked.weight.push_back((repeat.weight.empty() ? 1.0f : repeat.weight[row]) / repeats);
    }
  }
  return stacked;
}

ScoredRows RowsOutside(const ScoredRows& rows, int32_t fold) {
  ScoredRows part;
  for (size_t row = 0; row < rows.label.size(); ++row) {
    if (rows.fold[row] == fold) continue;
    part.probability.push_back(rows.probability[row]);
    part.label.push_back(rows.label[row]);
    if (!rows.weight.empty()) part.weight.push_back(rows.weight[row]);
  }
  return part;
}

std::optional<CalibrationQuality> JudgeMethod(CalibrationMethod method, const OutOfFoldRows& rows,
                                              const Calibrator& calibrator,
                                              const ScoredRows* holdout) {
  if (holdout != nullptr) return QualityOfProbabilities(CalibrateRows(calibrator, *holdout));
  const OutOfFoldRows calibrated = CrossFitCalibration(method, rows);
  if (calibrated.empty()) return std::nullopt;
  return QualityOfProbabilities(StackRepeats(calibrated));
}

}  // namespace

std::vector<std::string> CalibrationChoices() {
  std::vector<std::string> choices = {"auto", "none"};
  for (const CalibrationMethod method : CalibrationMethods()) {
    choices.push_back(CalibrationMethodName(method));
  }
  return choices;
}

OutOfFoldRows CrossFitCalibration(CalibrationMethod method, const OutOfFoldRows& rows) {
  const ScoredRows stacked = StackRepeats(rows);
  const int32_t folds = *std::max_element(stacked.fold.begin(), stacked.fold.end()) + 1;
  OutOfFoldRows calibrated = rows;
  for (int32_t fold = 0; fold < folds; ++fold) {
    const std::optional<Calibrator> calibrator = FitCalibrator(method, RowsOutside(stacked, fold));
    if (!calibrator) return {};
    for (ScoredRows& repeat : calibrated) {
      for (size_t row = 0; row < repeat.probability.size(); ++row) {
        double& p = repeat.probability[row];
        if (rows[0].fold[row] == fold) p = CalibratedProbability(*calibrator, LogOddsOf(p));
      }
    }
  }
  return calibrated;
}

CalibrationRecord DecideCalibration(const std::string& choice, const OutOfFoldRows& rows,
                                    const ScoredRows* holdout, const std::string& judged_by) {
  const ScoredRows stacked = StackRepeats(rows);
  CalibrationRecord record;
  record.judged_by = judged_by;
  record.uncalibrated = QualityOfProbabilities(holdout != nullptr ? *holdout : stacked);
  double lowest = record.uncalibrated.log_loss;
  for (const CalibrationMethod method : CalibrationMethods()) {
    if (choice != "auto" && choice != CalibrationMethodName(method)) continue;
    const std::optional<Calibrator> calibrator = FitCalibrator(method, stacked);
    if (!calibrator) continue;
    const std::optional<CalibrationQuality> quality =
        JudgeMethod(method, rows, *calibrator, holdout);
    if (!quality) continue;
    record.tried.emplace_back(method, *quality);
    if (quality->log_loss >= lowest || quality->brier >= record.uncalibrated.brier) continue;
    lowest = quality->log_loss;
    record.kept = calibrator;
  }
  return record;
}

std::vector<double> Probabilities(const Artifact& artifact, const FeatureTable& table) {
  const auto& calibration = artifact.manifest.calibration;
  if (!calibration || !calibration->kept) return Probabilities(artifact.model, table);
  std::vector<double> values = Margins(artifact.model, table);
  for (double& value : values) value = CalibratedProbability(*calibration->kept, value);
  return values;
}

ScoredRows ScoreRows(const Artifact& artifact, const FeatureTable& table) {
  return {Probabilities(artifact, table), table.label, table.weight, {}};
}

}  // namespace tidewright
