#ifndef TIDEWRIGHT_HOST_MODEL_MODEL_FILE_H_
#define TIDEWRIGHT_HOST_MODEL_MODEL_FILE_H_

#include <string>
#include <vector>

#include "host/model/model.h"
#include "host/model/safetensors.h"

namespace tidewright {

// A model as arrays: what model.safetensors and checkpoints hold. A new kind of model is one
// overload each in model_file.cpp, and does not compile without.

inline constexpr char kFactorKind[] = "factors";

// "factors": the word in the manifest that tells how the arrays are to be read.
std::string ModelKind(const Model& model);

// Views of the model's arrays, valid while it lives; `prefix` goes before each name.
std::vector<ArrayView> ModelArrays(const Model& model, const std::string& prefix);

// Reads and checks them (shapes against each other, every number finite). Throws DataError.
Model ReadModel(const std::string& kind, const SafetensorsReader& reader,
                const std::string& prefix);

// Throws DataError naming the first number that is not finite; `row_length` numbers are a row.
void CheckFinite(const float* values, int64_t count, int64_t row_length, const std::string& path,
                 const std::string& name);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_MODEL_FILE_H_
