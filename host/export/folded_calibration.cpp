#include "host/export/folded_calibration.h"

#include "host/export/export_files.h"

namespace tidewright {

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
    WarnOfCalibration(source, card, "; it can hold that of --calibrate platt");
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
