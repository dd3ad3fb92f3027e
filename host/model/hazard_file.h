#ifndef TIDEWRIGHT_HOST_MODEL_HAZARD_FILE_H_
#define TIDEWRIGHT_HOST_MODEL_HAZARD_FILE_H_

#include <string>
#include <vector>

#include "host/model/hazard_model.h"
#include "host/model/safetensors.h"

namespace tidewright {

// A hazard model as arrays: what host/model/model_file.h does for every model.

inline constexpr char kHazardKind[] = "hazard";

std::vector<ArrayView> ArraysOf(const HazardModel& model, const std::string& prefix);

// Throws DataError as ReadTreeEnsemble, and where there are no two periods that rise from above 0,
// or the trees read nothing but the period.
HazardModel ReadHazardModel(const SafetensorsReader& reader, const std::string& prefix);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_HAZARD_FILE_H_
