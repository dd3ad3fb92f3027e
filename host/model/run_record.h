#ifndef TIDEWRIGHT_HOST_MODEL_RUN_RECORD_H_
#define TIDEWRIGHT_HOST_MODEL_RUN_RECORD_H_

#include <string>

#include "host/model/artifact.h"

namespace tidewright {

inline constexpr char kRunRecordName[] = "run.json";

std::string RunRecordText(const RunRecord& run);

// A fact of the run.json in the artifact `directory`; empty where it has none.
std::string RunFact(const std::string& directory, const std::string& name);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_RUN_RECORD_H_
