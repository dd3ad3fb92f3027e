#include "host/train/run_outcome.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "host/core/build_info.h"
#include "host/core/errors.h"
#include "host/core/parallel.h"
#include "host/core/time.h"

namespace tidewright {
namespace {

std::string EpochsText(int finished, int64_t epochs) {
  return std::to_string(finished) + " of " + std::to_string(epochs) + " epochs";
}

}  // namespace

std::string WithoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string TrainedWith(const Backend& backend) {
  return (backend.name == "cpu" ? "" : "cuda ") + backend.target;
}

RunRecord RecordRun(const TrainOutcome& outcome, const Backend& backend, double seconds,
                    const std::string& data) {
  char host[256] = {};
  gethostname(host, sizeof(host) - 1);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  RunRecord run;
  run.facts = {{"version", BuildVersion()},
               {"finished", FormatTime(micros)},
               {"seconds", std::to_string(seconds)},
               {"host", host},
               {"device", backend.name},
               {"device_description", backend.description},
               {"threads", std::to_string(NumThreads())}};
  if (!data.empty()) {
    run.facts.emplace_back("data", std::filesystem::absolute(data).lexically_normal().string());
  }
  run.epoch_seconds = outcome.epoch_seconds;
  return run;
}

void RefuseUnfinished(const TrainOutcome& outcome, int64_t epochs, const std::string& work_path,
                      const std::string& remedy) {
  if (outcome.status == TrainStatus::kDiverged) {
    throw Error(ExitCode::kDiverged, "the loss is no longer finite after " +
                                         EpochsText(outcome.epochs, epochs) +
                                         "; nothing was saved; " + remedy);
  }
  if (outcome.status == TrainStatus::kPreempted) {
    throw Error(ExitCode::kPreempted, "stopped by a signal after " +
                                          EpochsText(outcome.epochs, epochs) +
                                          "; the checkpoint is in " + work_path +
                                          "; the same command with --resume goes on from there");
  }
}

}  // namespace tidewright
