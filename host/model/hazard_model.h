#ifndef TIDEWRIGHT_HOST_MODEL_HAZARD_MODEL_H_
#define TIDEWRIGHT_HOST_MODEL_HAZARD_MODEL_H_

#include <cstdint>
#include <vector>

#include "host/model/tree_ensemble.h"

namespace tidewright {

// The chance of leaving in each of several periods (host/hazard/hazard.h). The trees give the
// log-odds that a customer leaves in a period, having stayed up to it; they read the customer's
// columns and, after them, the days from the cutoff to the period's begin.
struct HazardModel {
  TreeEnsemble trees;
  std::vector<int64_t> periods;  // where each ends, in microseconds from the cutoff; rising
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_HAZARD_MODEL_H_
