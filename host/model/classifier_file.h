#ifndef TIDEWRIGHT_HOST_MODEL_CLASSIFIER_FILE_H_
#define TIDEWRIGHT_HOST_MODEL_CLASSIFIER_FILE_H_

#include <string>
#include <vector>

#include "host/model/linear_model.h"
#include "host/model/safetensors.h"
#include "host/model/tree_ensemble.h"

namespace tidewright {

// The classifiers as arrays: what host/model/model_file.h does for every model.

inline constexpr char kTreeKind[] = "trees";
inline constexpr char kLinearKind[] = "linear";

std::vector<ArrayView> ArraysOf(const TreeEnsemble& model, const std::string& prefix);
std::vector<ArrayView> ArraysOf(const LinearModel& model, const std::string& prefix);

// Both throw DataError naming file, array and row. Of trees everything is checked that a walk from
// the root relies on: every index in range, each node but the roots the child of exactly one node
// that stands before it (so that there is no cycle and none is out of reach), every number finite.
TreeEnsemble ReadTreeEnsemble(const SafetensorsReader& reader, const std::string& prefix);
LinearModel ReadLinearModel(const SafetensorsReader& reader, const std::string& prefix);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_CLASSIFIER_FILE_H_
