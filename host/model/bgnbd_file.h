#ifndef TIDEWRIGHT_HOST_MODEL_BGNBD_FILE_H_
#define TIDEWRIGHT_HOST_MODEL_BGNBD_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "host/model/bgnbd_columns.h"
#include "host/model/bgnbd_model.h"
#include "host/model/safetensors.h"

namespace tidewright {

// BG/NBD as arrays: what host/model/model_file.h does for every model.

inline constexpr char kBgnbdKind[] = "bgnbd";

std::vector<ArrayView> ArraysOf(const BgnbdModel& model, const std::string& prefix);

// Throws DataError naming file and array where a parameter is not above 0, a span is not one, or a
// number is not finite.
BgnbdModel ReadBgnbdModel(const SafetensorsReader& reader, const std::string& prefix);

// What a churn model keeps of one: the same arrays, and each signal's weight as text in the
// metadata of the file. Throws as ReadBgnbdModel.
std::map<std::string, std::string> MetadataOf(const BgnbdColumns& columns);
BgnbdColumns ReadBgnbdColumns(const SafetensorsReader& reader);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_BGNBD_FILE_H_
