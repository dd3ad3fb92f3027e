#include "host/export/export_job.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/core/id_hash.h"
#include "host/core/split_text.h"
#include "host/export/export_directory.h"
#include "host/export/export_files.h"
#include "host/export/export_options.h"
#include "host/export/faiss_export.h"
#include "host/export/folded_calibration.h"
#include "host/export/ndjson_export.h"
#include "host/export/onnx_export.h"
#include "host/export/safetensors_export.h"
#include "host/export/triton_export.h"
#include "host/export/xgboost_columns.h"
#include "host/export/xgboost_json.h"
#include "host/export/xgboost_ubj.h"
#include "host/model/bgnbd_file.h"
#include "host/model/classifier_file.h"
#include "host/model/hazard_file.h"
#include "host/model/model_file.h"

namespace tidewright {
namespace {

// The document of the trees, which `what` describes; warns of what XGBoost cannot hold.
XgboostDocument DocumentOf(const ExportSource& source, const char* what, CardExport* card) {
  const FeatureSpec& features = FeaturesOf(source.artifact, source.request.artifact);
  const std::vector<std::string> names = XgboostNames(features);
  for (size_t column = 0; column < names.size(); ++column) {
    const std::string& name = features.columns[column].name;
    if (name == names[column]) continue;
    source.progress.Warn("XGBoost takes no [, ] and < in names: column '" + name + "' is called '" +
                         names[column] + "' in " + source.request.output);
  }
  card->files.emplace_back(std::filesystem::path(source.request.output).filename().string(), what);
  return XgboostDocument(std::get<TreeEnsemble>(source.artifact.model), features,
                         XgboostDictionary::kWritten, FoldCalibration(source, card));
}

void ExportXgboost(const ExportSource& source, PartialFile& file, CardExport* card) {
  WriteXgboostJson(DocumentOf(source, "the trees as XGBoost's model file in JSON", card), file);
}

void ExportXgboostUbj(const ExportSource& source, PartialFile& file, CardExport* card) {
  WriteXgboostUbj(DocumentOf(source, "the trees as XGBoost's model file in UBJSON", card), file);
}

std::string CardBeside(const std::string& output) { return output + "." + kCardName; }

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// Throws UsageError where something stands at `output` that may not be replaced.
void CheckOutput(const ExportFormat& format, const std::string& output, bool overwrite) {
  std::error_code ignored;
  if (format.write_file == ExportXgboostUbj && !output.ends_with(".ubj")) {
    throw UsageError(
        "XGBoost reads UBJSON only from a name that ends in .ubj; give --output such a name");
  }
  const auto refuse_existing = [&](const std::string& path) {
    if (overwrite || !std::filesystem::exists(path, ignored)) return;
    throw UsageError(path + " exists; --overwrite replaces it");
  };
  const auto refuse_link = [&](const std::string& path, const char* what_to_do) {
    if (!std::filesystem::is_symlink(path, ignored)) return;
    throw UsageError(path + " is a symbolic link; " + what_to_do);
  };
  refuse_link(output, "give the path that it leads to");
  const bool is_directory = std::filesystem::is_directory(output, ignored);
  if (format.write_directory == nullptr) {
    if (is_directory) throw UsageError(output + " is a directory, and the export is a file");
    const std::string card = CardBeside(output);
    refuse_link(card, "the model card goes there: move it, or give another --output");
    refuse_existing(output);
    refuse_existing(card);
    if (std::filesystem::exists(card, ignored) && !IsModelCard(card)) {
      throw UsageError(card + " is no model card of an export, and the card of " + output +
                       " goes there; move it, or give another --output");
    }
    return;
  }
  refuse_existing(output);
  if (!std::filesystem::exists(output, ignored)) return;
  if (!is_directory) throw UsageError(output + " is a file, and the export is a directory");
  if (!IsReplaceable(output)) {
    throw UsageError(output +
                     " is a directory that no export wrote, or that holds more than its export "
                     "wrote; move or remove it, or give another --output");
  }
}

void WriteExport(const ExportFormat& format, const ExportSource& source) {
  const std::string& output = source.request.output;
  CardExport card{format.name, {}, {}};
  if (!source.request.hash_ids.empty()) {
    card.notes.push_back(
        "Ids are hashed: HMAC-SHA256 of user:ID or item:ID in hexadecimal, its key a salt that "
        "is not in the export. Rows keep their order, and names of items are as they were.");
  }
  if (format.write_directory != nullptr) {
    ExportDirectory directory(output);
    format.write_directory(source, directory.path(), &card);
    card.contents = FilesBelow(directory.path());
    WriteFileSynced(directory.path() + "/" + kCardName, ModelCard(source.artifact, card));
    directory.Finish();
    for (const std::string& line : card.told) source.progress.Note(line);
    return;
  }
  PartialFile file(output);
  format.write_file(source, file, &card);
  PartialFile card_file(CardBeside(output));
  card_file.Write(ModelCard(source.artifact, card));
  file.Store();
  card_file.Finish();
  file.Finish();
}

}  // namespace

const std::vector<ExportFormat>& ExportFormats() {
  static const std::vector<ExportFormat> table = {
      {"safetensors",
       "arrays and ids, or coefficients",
       "safetensors",
       {kFactorKind, kTreeKind, kLinearKind},
       {},
       {"precision", "augment"},
       nullptr,
       ExportSafetensors},
      {"faiss",
       "item vectors as FAISS's IndexFlatIP",
       "faiss",
       {kFactorKind},
       {},
       {"precision", "augment", "index"},
       nullptr,
       ExportFaiss},
      {"onnx",
       "graphs from a user or a customer to the answer",
       "onnx",
       {kFactorKind, kTreeKind, kLinearKind},
       {},
       {},
       nullptr,
       ExportOnnx},
      {"triton",
       "a model repository of the graphs, and of trees for the FIL backend",
       "triton",
       {kFactorKind, kTreeKind, kLinearKind},
       {},
       {},
       nullptr,
       ExportTriton},
      {"ndjson",
       "items, or customers with --data, as documents for OpenSearch, Elasticsearch and Vespa",
       "ndjson",
       {kFactorKind, kTreeKind, kLinearKind, kBgnbdKind, kHazardKind},
       {kTreeKind, kLinearKind, kBgnbdKind, kHazardKind},
       {"augment"},
       nullptr,
       ExportNdjson},
      {"xgboost",
       "boosted trees as XGBoost's JSON",
       "xgboost.json",
       {kTreeKind},
       {},
       {},
       ExportXgboost,
       nullptr},
      {"xgboost-ubj",
       "the same in UBJSON, which is smaller",
       "xgboost.ubj",
       {kTreeKind},
       {},
       {},
       ExportXgboostUbj,
       nullptr},
  };
  return table;
}

std::string ExportFormatNames() {
  return ExportFormatNames([](const ExportFormat&) { return true; });
}

std::string ExportFormatNames(const std::function<bool(const ExportFormat&)>& wanted) {
  std::string names;
  for (const ExportFormat& format : ExportFormats()) {
    if (wanted(format)) names += (names.empty() ? "" : ", ") + format.name;
  }
  return names;
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
  const auto holds = [&](const ExportFormat& other) {
    return std::find(other.kinds.begin(), other.kinds.end(), model_kind) != other.kinds.end();
  };
  if (holds(format)) return;
  std::string kinds;
  for (const std::string& kind : format.kinds)
    kinds += (kinds.empty() ? "'" : " or '") + kind + "'";
  const std::string others = ExportFormatNames(holds);
  throw UsageError("format " + format.name + " holds models of kind " + kinds +
                   ", this one is of kind '" + model_kind + "'; " +
                   (others.empty() ? "no format holds that" : "choose from: " + others));
}

void RunExportJob(const ExportRequest& request, Progress& progress) {
  const ExportFormat& format = FindExportFormat(request.format);
  ExportRequest checked = request;
  CheckFields(FieldsOf(checked), "export");
  checked.output = WithoutSlashes(request.output);
  CheckOutput(format, checked.output, request.overwrite);
  constexpr bool kHistory = false;  // which is in no export
  Artifact artifact = LoadArtifact(request.artifact, kHistory);
  CheckExportHolds(format, ModelKind(artifact.model));
  CheckExportOptions(format, ModelKind(artifact.model), request);
  if (!request.hash_ids.empty()) {
    artifact.users = HashedIds(IdKind::kUser, artifact.users, request.hash_ids);
    artifact.items = HashedIds(IdKind::kItem, artifact.items, request.hash_ids);
  }
  CheckTextIds(artifact.users, "user");
  CheckTextIds(artifact.items, "item");
  WriteExport(format, {artifact, checked, progress});
}

std::vector<ExportRequest> PlanExports(const std::string& formats, const std::string& directory,
                                       const std::string& model_kind, const std::string& hash_ids) {
  const std::string base = WithoutSlashes(directory);
  std::vector<ExportRequest> requests;
  for (const std::string& name : SplitAtCommas(formats)) {
    const ExportFormat& format = FindExportFormat(name);
    CheckExportHolds(format, model_kind);
    const std::string output = base + "." + format.ending;
    CheckOutput(format, output, true);
    ExportRequest request;
    request.artifact = directory;
    request.format = format.name;
    request.output = output;
    request.overwrite = true;
    request.hash_ids = hash_ids;
    CheckExportOptions(format, model_kind, request);
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace tidewright
