#ifndef TIDEWRIGHT_HOST_MODEL_USER_VECTORS_H_
#define TIDEWRIGHT_HOST_MODEL_USER_VECTORS_H_

#include <functional>

#include "host/core/aligned.h"
#include "host/core/csr_view.h"
#include "host/data/split.h"
#include "host/model/model.h"

namespace tidewright {

// Vectors of users a model has not seen, rows.rows x factors, from what is known of them.
using FoldInFunction = std::function<AlignedVector<float>(const CsrView& rows)>;

// One row a judged user, users.model_rows.size() x factors: the model's own, or folded in where it
// has none.
AlignedVector<float> JudgedUserVectors(const FactorModel& model, const EvalSet& users,
                                       const FoldInFunction& fold_in);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_USER_VECTORS_H_
