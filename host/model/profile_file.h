#ifndef TIDEWRIGHT_HOST_MODEL_PROFILE_FILE_H_
#define TIDEWRIGHT_HOST_MODEL_PROFILE_FILE_H_

#include <vector>

#include "host/data/feature_table.h"
#include "host/data/table_profile.h"
#include "host/model/safetensors.h"

namespace tidewright {

// A classifier's training distribution as arrays: profile.safetensors. Views are valid while
// `profile` lives.
std::vector<ArrayView> ProfileArrays(const TableProfile& profile);

// Throws DataError naming file, array and row where the arrays are no profile of `features`.
TableProfile ReadProfile(const SafetensorsReader& reader, const FeatureSpec& features);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_PROFILE_FILE_H_
