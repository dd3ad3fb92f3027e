#ifndef TIDEWRIGHT_CLI_EXPORTS_H_
#define TIDEWRIGHT_CLI_EXPORTS_H_

#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/export/export_job.h"

namespace tidewright {

// `train … --export F,F`: the option, and what is done when the artifact stands.
ConfigField ExportField(std::string* target);
// A line of standard output for each: "faiss: model.faiss".
void RunExports(const std::vector<ExportRequest>& requests, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_CLI_EXPORTS_H_
