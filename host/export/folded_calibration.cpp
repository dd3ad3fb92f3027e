#include "host/export/folded_calibration.h"

namespace tidewright {
namespace {

// Of one that leaves cannot hold.
void WarnOfCalibration(const ExportSource& source, CardExport* card) {
  const std::string method =
      CalibrationMethodName(source.artifact.manifest.calibration->kept->method);
  source.progress.Warn(
      source.request.output + " holds the model as it is: the format has no place for the " +
      method + " calibration, which tidewright score applies; manifest.json has its numbers; " +
      "it can hold that of --calibrate platt");
  card->notes.push_back(
      "The probabilities are not calibrated: the artifact's " + method +
      " calibration (`calibration.kept` of its manifest.json) is not in the file.");
}

}  // namespace

std::optional<MarginMap> FoldedCalibration(const Manifest& manifest) {
  if (!manifest.calibration || !manifest.calibration->kept) return MarginMap{};
  const Calibrator& kept = *manifest.calibration->kept;
  if (kept.method != CalibrationMethod::kPlatt) return std::nullopt;
  return MarginMap{kept.a, kept.c};
}

MarginMap FoldCalibration(const ExportSource& source, CardExport* card) {
  const Manifest& manifest = source.artifact.manifest;
  const std::optional<MarginMap> folded = FoldedCalibration(manifest);
  if (!folded) {
    WarnOfCalibration(source, card);
    return {};
  }
  if (manifest.calibration && manifest.calibration->kept) {
    card->notes.push_back(
        "The probabilities are calibrated: the artifact's platt calibration is in the leaves, so "
        "that the margins are the calibrated log-odds.");
  }
  return *folded;
}

}  // namespace tidewright
