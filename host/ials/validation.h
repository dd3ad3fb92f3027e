#ifndef TIDEWRIGHT_HOST_IALS_VALIDATION_H_
#define TIDEWRIGHT_HOST_IALS_VALIDATION_H_

#include "host/core/aligned.h"
#include "host/ials/ials.h"
#include "host/metrics/evaluate.h"
#include "host/model/model.h"
#include "host/model/solver.h"

namespace tidewright {

// One row a judged user: the model's own, or folded in from what is known of the user where it has
// none. users.model_rows.size() x factors.
AlignedVector<float> IalsUserVectors(const IalsConfig& config, const FactorModel& model,
                                     const EvalSet& users);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_IALS_VALIDATION_H_
