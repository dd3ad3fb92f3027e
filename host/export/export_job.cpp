#include "host/export/export_job.h"

#include <filesystem>
#include <system_error>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/export/xgboost_columns.h"
#include "host/export/xgboost_json.h"
#include "host/model/classifier_file.h"
#include "host/model/model_file.h"

namespace tidewright {
namespace {

void ExportXgboost(const Artifact& artifact, const std::string& path, Progress& progress) {
  const FeatureSpec& features = FeaturesOf(artifact, path);
  const std::vector<std::string> names = XgboostNames(features);
  for (size_t column = 0; column < names.size(); ++column) {
    const std::string& name = features.columns[column].name;
    if (name == names[column]) continue;
    progress.Warn("XGBoost takes no [, ] and < in names: column '" + name + "' is called '" +
                  names[column] + "' in " + path);
  }
  PartialFile file(path);
  WriteXgboostJson(std::get<TreeEnsemble>(artifact.model), features, file);
  file.Finish();
}

// The names of the formats for which `wanted` holds, with commas between.
template <class Wanted>
std::string NamesWhere(const Wanted& wanted) {
  std::string names;
  for (const ExportFormat& format : ExportFormats()) {
    if (wanted(format)) names += (names.empty() ? "" : ", ") + format.name;
  }
  return names;
}

void RefuseDirectory(const std::string& output) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(output, ignored)) return;
  throw UsageError(output + " is a directory, and the export is a file");
}

}  // namespace

const std::vector<ExportFormat>& ExportFormats() {
  static const std::vector<ExportFormat> table = {
      {"xgboost", "boosted trees as XGBoost's JSON", "xgboost.json", kTreeKind, ExportXgboost},
  };
  return table;
}

std::string ExportFormatNames() {
  return NamesWhere([](const ExportFormat&) { return true; });
}

const ExportFormat& FindExportFormat(const std::string& name) {
  std::vector<std::string> names;
  for (const ExportFormat& format : ExportFormats()) {
    if (format.name == name) return format;
    names.push_back(format.name);
  }
  throw UsageError("no export format '" + name + "'" + DidYouMean(name, names) +
                   "; choose from: " + ExportFormatNames());
}

void CheckExportHolds(const ExportFormat& format, const std::string& model_kind) {
  if (format.model_kind == model_kind) return;
  const std::string others =
      NamesWhere([&](const ExportFormat& other) { return other.model_kind == model_kind; });
  throw UsageError("format " + format.name + " holds models of kind '" + format.model_kind +
                   "', this one is of kind '" + model_kind + "'; " +
                   (others.empty() ? "no format holds that" : "choose from: " + others));
}

void RunExportJob(const ExportRequest& request, Progress& progress) {
  const ExportFormat& format = FindExportFormat(request.format);
  std::error_code ignored;
  RefuseDirectory(request.output);
  if (!request.overwrite && std::filesystem::exists(request.output, ignored)) {
    throw UsageError(request.output + " exists; --overwrite replaces it");
  }
  const Artifact artifact = LoadArtifact(request.artifact);
  CheckExportHolds(format, ModelKind(artifact.model));
  format.write(artifact, request.output, progress);
}

std::vector<ExportRequest> PlanExports(const std::string& formats, const std::string& directory,
                                       const std::string& model_kind) {
  std::string base = directory;
  while (base.size() > 1 && base.back() == '/') base.pop_back();
  std::vector<ExportRequest> requests;
  for (const std::string& name : SplitAtCommas(formats)) {
    const ExportFormat& format = FindExportFormat(name);
    CheckExportHolds(format, model_kind);
    const std::string output = base + "." + format.ending;
    RefuseDirectory(output);
    requests.push_back({directory, format.name, output, true});
  }
  return requests;
}

}  // namespace tidewright
