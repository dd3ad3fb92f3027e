#ifndef TIDEWRIGHT_HOST_BENCH_IALS_VERIFY_H_
#define TIDEWRIGHT_HOST_BENCH_IALS_VERIFY_H_

#include "host/backend/backend.h"
#include "host/data/interactions.h"
#include "host/ials/ials.h"

namespace tidewright {

// The largest relative differences found; each function throws DeviceError where one is beyond what
// the backend's arithmetic explains. 0: not applicable.
struct IalsVerification {
  double loss = 0;       // the loss that the solver reports, from the objective of its model
  double equations = 0;  // where rows are exact: |A x - b| of sampled items over max |b|
  double balance = 0;    // the others: x^T A x of sampled items, from their b^T x
  double twin = 0;       // other devices than the CPU: the loss, from that of the CPU's twin
};

// A model after a whole epoch and the loss reported for it, against the objective summed in double
// on all threads. O(entries * factors).
void VerifyModel(const Backend& backend, const IalsConfig& config, const Interactions& data,
                 const FactorModel& model, double reported_loss, IalsVerification* verification);

// Two epochs of a small made-up matrix, here and by the CPU's twin.
void VerifyTwin(const Backend& backend, const IalsConfig& config, IalsVerification* verification);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BENCH_IALS_VERIFY_H_
