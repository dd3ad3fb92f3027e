#ifndef TIDEWRIGHT_HOST_TRAIN_BGNBD_TRAIN_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_BGNBD_TRAIN_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/bgnbd/bgnbd.h"
#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"

namespace tidewright {

// From an event log to a BG/NBD artifact: what `tidewright train bgnbd` is asked for.
struct BgnbdTrainRequest {
  std::string data;    // an event log with times
  std::string output;  // the artifact's directory
  std::string device = "auto";
  std::string cutoff = "latest";     // the end of calibration: no event after it is read
  std::vector<std::string> signals;  // "cancel=-1"; what is not named has the file's weight
};
ConfigFields FieldsOf(BgnbdTrainRequest& request);

struct BgnbdTrainReport {
  std::string artifact;
  BgnbdModel model;
  int64_t histories = 0;  // that differ: what the likelihood is summed over
  double log_likelihood = 0;
  int iterations = 0;
  int evaluations = 0;
  double fit_seconds = 0;  // from the log in memory to the parameters
  double seconds = 0;
};

// Reads, fits, saves. Throws as FitBgnbd; Error with ExitCode::kPreempted where `stop` ended it:
// nothing is saved then, and nothing can be resumed, as a fit takes seconds.
BgnbdTrainReport RunBgnbdTrainJob(const BgnbdTrainRequest& request, BgnbdConfig config,
                                  const StopFlag& stop, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_BGNBD_TRAIN_JOB_H_
