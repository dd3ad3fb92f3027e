#include "cli/exports.h"

#include "cli/output.h"

namespace tidewright {

ConfigField ExportField(std::string* target) {
  return {"export",
          target,
          "formats to write beside the artifact, as DIR.FORMAT: " + ExportFormatNames(),
          0,
          0,
          {}};
}

void RunExports(const std::vector<ExportRequest>& requests, Progress& progress) {
  for (const ExportRequest& request : requests) {
    RunExportJob(request, progress);
    WriteOutput(request.format + ": " + request.output + "\n");
  }
}

}  // namespace tidewright
