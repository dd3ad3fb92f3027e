#ifndef TIDEWRIGHT_HOST_EXPORT_FOLDED_CALIBRATION_H_
#define TIDEWRIGHT_HOST_EXPORT_FOLDED_CALIBRATION_H_

#include <optional>

#include "host/export/export_job.h"

namespace tidewright {

// What a file's margins are of the model's, for formats that add leaves up and end in a sigmoid:
// slope * margin + shift. Each leaf is multiplied by the slope, those of the first tree, which hold
// the base margin, get the shift added.
struct MarginMap {
  double slope = 1;
  double shift = 0;
};

// Platt's calibration as such a map; without a calibrator the margins as they are; nothing where a
// calibrator (isotonic, beta) is no such map and the file cannot hold it.
std::optional<MarginMap> FoldedCalibration(const Manifest& manifest);

// The same for a format that has no other form beside it: says in the card what was folded, and
// warns of what could not be (the margins are then as they are).
MarginMap FoldCalibration(const ExportSource& source, CardExport* card);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_FOLDED_CALIBRATION_H_
