#ifndef TIDEWRIGHT_HOST_EXPORT_EXPORT_JOB_H_
#define TIDEWRIGHT_HOST_EXPORT_EXPORT_JOB_H_

#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/model/artifact.h"

namespace tidewright {

// A file that a serving system loads as it is.
struct ExportFormat {
  std::string name;         // as on the command line
  std::string description;  // one line
  std::string ending;       // of the file's name
  std::string model_kind;   // what it can hold: a word of ModelKind
  void (*write)(const Artifact& artifact, const std::string& path, Progress& progress);
};

// Every format there is, one line each.
const std::vector<ExportFormat>& ExportFormats();
// "xgboost, …": for messages.
std::string ExportFormatNames();

// The format of that name. Throws UsageError naming the choices where there is none.
const ExportFormat& FindExportFormat(const std::string& name);
// Throws UsageError naming the formats that can, where `format` cannot hold a model of this kind.
void CheckExportHolds(const ExportFormat& format, const std::string& model_kind);

struct ExportRequest {
  std::string artifact;
  std::string format;
  std::string output;
  bool overwrite = false;
};

// Writes the artifact's model. Throws UsageError (an unknown format, one that cannot hold the
// model, an output that exists), IoError. Nothing half-written is left.
void RunExportJob(const ExportRequest& request, Progress& progress);

// What `train … --export F,F` writes when it is done, replacing what stands there: beside DIR, as
// DIR.xgboost.json. Throws UsageError as RunExportJob does, so that it is known before the
// training.
std::vector<ExportRequest> PlanExports(const std::string& formats, const std::string& directory,
                                       const std::string& model_kind);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_EXPORT_EXPORT_JOB_H_
