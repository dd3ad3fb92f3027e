#include "host/model/user_vectors.h"

#include <algorithm>
#include <vector>

namespace tidewright {

AlignedVector<float> JudgedUserVectors(const FactorModel& model, const EvalSet& users,
                                       const FoldInFunction& fold_in) {
  const int64_t f = model.factors;
  const int64_t count = static_cast<int64_t>(users.model_rows.size());
  AlignedVector<float> vectors(static_cast<size_t>(count * f));
  std::vector<int32_t> unseen;
  for (int64_t row = 0; row < count; ++row) {
    const int64_t model_row = users.model_rows[row];
    if (model_row < 0) {
      unseen.push_back(static_cast<int32_t>(row));
      continue;
    }
    std::copy_n(model.user_factors.begin() + model_row * f, f, vectors.begin() + row * f);
  }
  if (unseen.empty()) return vectors;
  const AlignedVector<float> folded = fold_in(SelectRows(users.known, unseen).view());
  for (size_t row = 0; row < unseen.size(); ++row) {
    std::copy_n(folded.begin() + static_cast<int64_t>(row) * f, f,
                vectors.begin() + int64_t{unseen[row]} * f);
  }
  return vectors;
}

}  // namespace tidewright
