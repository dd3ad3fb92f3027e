#ifndef TIDEWRIGHT_HOST_TRAIN_RUN_OUTCOME_H_
#define TIDEWRIGHT_HOST_TRAIN_RUN_OUTCOME_H_

#include <cstdint>
#include <string>

#include "host/backend/backend.h"
#include "host/model/artifact.h"
#include "host/train/trainer.h"

namespace tidewright {

// What every training job does before and after the training itself.

// "model/" is the directory "model": its neighbour is "model.partial".
std::string WithoutTrailingSlash(std::string path);

// "cpu" is recorded by its SIMD target alone, another device with its name.
std::string TrainedWith(const Backend& backend);

// run.json of a run on the file `data`, where it is one, that took `seconds` and ends now.
RunRecord RecordRun(const TrainOutcome& outcome, const Backend& backend, double seconds,
                    const std::string& data = "");

// Throws Error with ExitCode::kDiverged (`remedy` says what to try) or kPreempted unless training
// came to its end.
void RefuseUnfinished(const TrainOutcome& outcome, int64_t epochs, const std::string& work_path,
                      const std::string& remedy);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_RUN_OUTCOME_H_
