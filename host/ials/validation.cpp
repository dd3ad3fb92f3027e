#include "host/ials/validation.h"

#include <cstring>
#include <vector>

#include "host/data/split.h"

namespace tidewright {

AlignedVector<float> IalsUserVectors(const IalsConfig& config, const FactorModel& model,
                                     const EvalSet& users) {
  const int64_t f = model.factors;
  const int64_t count = static_cast<int64_t>(users.model_rows.size());
  AlignedVector<float> vectors(static_cast<size_t>(count * f));
  std::vector<int32_t> unseen;
  for (int64_t row = 0; row < count; ++row) {
    const int32_t model_row = users.model_rows[row];
    if (model_row < 0) {
      unseen.push_back(static_cast<int32_t>(row));
      continue;
    }
    std::memcpy(vectors.data() + row * f, model.user_factors.data() + int64_t{model_row} * f,
                static_cast<size_t>(f) * sizeof(float));
  }
  if (unseen.empty()) return vectors;
  const Csr known = SelectRows(users.known, unseen);
  const AlignedVector<float> folded = FoldInUsers(config, model, known.view());
  for (size_t row = 0; row < unseen.size(); ++row) {
    std::memcpy(vectors.data() + int64_t{unseen[row]} * f,
                folded.data() + static_cast<int64_t>(row) * f,
                static_cast<size_t>(f) * sizeof(float));
  }
  return vectors;
}

}  // namespace tidewright
