#ifndef TIDEWRIGHT_HOST_DATA_EVAL_SET_H_
#define TIDEWRIGHT_HOST_DATA_EVAL_SET_H_

#include <cstdint>
#include <vector>

#include "host/data/interactions.h"
#include "host/data/split.h"

namespace tidewright {

// Inside of split.h: the users of `targets` who have history and at least one positive target that
// they had not seen. Every matrix has a row for each user of the dataset. history: what a user is
// predicted from (training rows, or what folds in). also_seen: masked beside it; may be null.
// model_rows: user -> row of the model, empty where users fold in.
EvalSet MakeEvalSet(const Csr& history, const Csr* also_seen, const Csr& targets,
                    const std::vector<int32_t>& model_rows);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_DATA_EVAL_SET_H_
