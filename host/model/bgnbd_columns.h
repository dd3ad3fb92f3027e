#ifndef TIDEWRIGHT_HOST_MODEL_BGNBD_COLUMNS_H_
#define TIDEWRIGHT_HOST_MODEL_BGNBD_COLUMNS_H_

#include <vector>

#include "host/data/aggregate.h"
#include "host/model/bgnbd_model.h"

namespace tidewright {

// A BG/NBD model, as far as describing customers by it needs: a churn artifact keeps its own
// copy, so that it needs no other.
struct BgnbdColumns {
  BgnbdModel model;                   // without its covariance
  std::vector<SignalWeight> signals;  // every signal it was fitted with
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_BGNBD_COLUMNS_H_
