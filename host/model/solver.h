#ifndef TIDEWRIGHT_HOST_MODEL_SOLVER_H_
#define TIDEWRIGHT_HOST_MODEL_SOLVER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/core/stop_flag.h"
#include "host/model/model.h"
#include "host/model/state.h"

namespace tidewright {

struct EvalSet;
struct FeatureTable;

// What a solver watches while it trains: the metric is computed where the parameters are, after
// each whole epoch. A recommender watches `users`, a classifier `table`; either outlives the
// solver.
struct ValidationSet {
  const EvalSet* users = nullptr;
  std::string metric = "ndcg";          // a name of host/metrics/evaluate.h or classification.h
  int k = 20;                           // of a ranking metric
  const FeatureTable* table = nullptr;  // labelled; the columns of the training table
};

// A part of an epoch that has a bound of its own: it takes at least the time that its bytes take to
// move and the time that its flops take at the device's peak in that arithmetic.
struct CostPhase {
  std::string name;                 // "gather"
  double flops = 0;                 // of an epoch
  double bytes = 0;                 // moved to and from memory
  std::string arithmetic = "fp32";  // a name of host/backend/meter.h
};

// Kernels of one kind as an epoch launched them, by the device's own clock.
struct KernelTime {
  std::string name;
  int64_t launches = 0;
  double seconds = 0;
  std::vector<CostPhase> costs;  // the phases that the kernel does, of all launches
};

struct EpochStats {
  bool finished =
      false;  // false: the flag stopped it between blocks; Save, and later RunEpoch goes on there
  double loss = 0;  // the whole objective after the epoch, where finished
  std::optional<double> validation;
  bool converged = false;  // further epochs would change nothing: training ends here
};

// An algorithm at work on one data set. Coarse on purpose: data, parameters and validation stay
// where the computing is done. Epochs count from 1.
class Solver {
 public:
  virtual ~Solver() = default;
  virtual void AttachValidation(const ValidationSet& validation) = 0;
  // Runs the next epoch, or the rest of the one that was stopped.
  virtual EpochStats RunEpoch(const StopFlag& stop) = 0;
  // The model as it stands after the last finished epoch; complete in itself.
  virtual Model Snapshot() const = 0;
  // The same, moved out where that saves a copy: the solver is of no use afterwards.
  virtual Model Release() { return Snapshot(); }
  // Everything RunEpoch depends on, also in the middle of an epoch. Restore throws DataError where
  // the state is not of this problem (shapes, configuration).
  virtual State Save() const = 0;
  virtual void Restore(const State& state) = 0;
  // Runs an epoch whose kernels are timed one by one; where a device has no clock for that,
  // nothing.
  virtual std::vector<KernelTime> TimeKernels() { return {}; }
  // What of the data its device has no room for and how it gets there, or nothing.
  virtual std::string Placement() const { return ""; }
};

// What a run will take, from shapes alone.
struct CostEstimate {
  int64_t host_bytes = 0;    // resident at the peak of training, data included
  int64_t device_bytes = 0;  // 0 on the CPU
  std::string placement;     // what of it does not fit the device and how it gets there, or nothing
  double flops_per_epoch = 0;
  double bytes_per_epoch = 0;     // moved to and from memory
  std::vector<CostPhase> phases;  // they sum to the two above

  void Add(const CostPhase& phase) {
    flops_per_epoch += phase.flops;
    bytes_per_epoch += phase.bytes;
    phases.push_back(phase);
  }
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_SOLVER_H_
