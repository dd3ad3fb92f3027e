#include "host/export/triton_export.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "host/core/atomic_file.h"
#include "host/core/errors.h"
#include "host/core/partial_file.h"
#include "host/export/export_files.h"
#include "host/export/folded_calibration.h"
#include "host/export/onnx_classifier.h"
#include "host/export/onnx_export.h"
#include "host/export/xgboost_json.h"

namespace tidewright {
namespace {

constexpr int kTritonBatch = 1024;

// A tensor without its first dimension, the batch; -1: any length.
struct TritonTensor {
  std::string name;
  std::string type;
  int64_t size = 1;
};

std::string TensorList(const std::string& field, const std::vector<TritonTensor>& tensors) {
  std::string text;
  for (const TritonTensor& tensor : tensors) {
    text += field + " { name: " + JsonQuoted(tensor.name) + " data_type: " + tensor.type +
            " dims: [ " + std::to_string(tensor.size) + " ] }\n";
  }
  return text;
}

// MODEL/1, made; returns its path.
std::string MakeVersion(const std::string& directory, const std::string& model) {
  const std::string path = directory + "/" + model;
  for (const std::string& made : {path, path + "/1"}) {
    if (mkdir(made.c_str(), 0777) != 0) throw IoError("cannot create", made, errno);
  }
  return path + "/1";
}

void WriteTritonConfig(const std::string& directory, const std::string& model,
                       const std::string& runtime, const std::vector<TritonTensor>& inputs,
                       const std::vector<TritonTensor>& outputs, const std::string& more,
                       const std::string& what, CardExport* card) {
  WriteFileSynced(directory + "/" + model + "/config.pbtxt",
                  "name: \"" + model + "\"\n" + runtime + "max_batch_size: " +
                      std::to_string(kTritonBatch) + "\n" + TensorList("input", inputs) +
                      TensorList("output", outputs) + "dynamic_batching { }\n" + more);
  SyncPath(directory + "/" + model + "/1");
  SyncPath(directory + "/" + model);
  card->files.emplace_back(model, what);
}

constexpr char kOnnxRuntime[] = "platform: \"onnxruntime_onnx\"\n";

void WriteTriton(const ExportSource& source, const FactorModel& model, const std::string& directory,
                 CardExport* card) {
  const int64_t k = std::min(source.request.top_k, model.items);
  std::vector<TritonTensor> outputs{
      {"ids", "TYPE_STRING", k}, {"rows", "TYPE_INT64", k}, {"scores", "TYPE_FP32", k}};
  WriteRecommendOnnx(source, MakeVersion(directory, "recommend"), "model.onnx");
  WriteTritonConfig(
      directory, "recommend", kOnnxRuntime,
      {{"user", "TYPE_INT64", 1}, {"seen", "TYPE_INT64", -1}, {"denied", "TYPE_INT64", -1}},
      outputs, "", "user row, seen and denied item rows → the best items and their scores", card);
  if (source.artifact.manifest.algorithm == "ials") {
    WriteFoldInOnnx(source, MakeVersion(directory, "fold_in"), "model.onnx");
    outputs.push_back({"user_vector", "TYPE_FP32", model.factors});
    WriteTritonConfig(
        directory, "fold_in", kOnnxRuntime,
        {{"items", "TYPE_INT64", -1}, {"values", "TYPE_FP32", -1}, {"denied", "TYPE_INT64", -1}},
        outputs, "", "item rows and values of a user the model has not seen → the same", card);
  }
  WriteIdLists(source, directory, true, card);
}

void WriteScoreModel(const ExportSource& source, const FeatureSpec& features,
                     const std::string& directory, CardExport* card) {
  const std::vector<std::string> names = OnnxInputNames(features);
  std::vector<TritonTensor> inputs;
  for (size_t column = 0; column < names.size(); ++column) {
    const bool text = features.columns[column].kind == FeatureKind::kCategory;
    inputs.push_back({names[column], text ? "TYPE_STRING" : "TYPE_FP32", 1});
  }
  WriteClassifierOnnx(source, MakeVersion(directory, "score") + "/model.onnx");
  WriteTritonConfig(directory, "score", kOnnxRuntime, inputs,
                    {{kProbabilityOutput, "TYPE_FP32", 1}, {kLogOddsOutput, "TYPE_FP32", 1}}, "",
                    "one input a column → probability and log-odds", card);
}

void WriteTriton(const ExportSource& source, const LinearModel&, const std::string& directory,
                 CardExport* card) {
  const FeatureSpec& features = FeaturesOf(source.artifact, source.request.artifact);
  WriteScoreModel(source, features, directory, card);
  WriteFeatureList(directory, features, card);
}

void WriteTriton(const ExportSource& source, const TreeEnsemble& model,
                 const std::string& directory, CardExport* card) {
  const FeatureSpec& features = FeaturesOf(source.artifact, source.request.artifact);
  WriteScoreModel(source, features, directory, card);
  PartialFile file(MakeVersion(directory, "score_fil") + "/xgboost.json");
  const Manifest& manifest = source.artifact.manifest;
  const std::optional<MarginMap> folded = FoldedCalibration(manifest);
  WriteXgboostJson(model, features, file, XgboostDictionary::kLeftOut,
                   folded.value_or(MarginMap{}));
  file.Finish();
  WriteTritonConfig(directory, "score_fil", "backend: \"fil\"\n",
                    {{"input__0", "TYPE_FP32", model.features}}, {{"output__0", "TYPE_FP32", 1}},
                    "parameters { key: \"model_type\" value: { string_value: \"xgboost_json\" } }\n"
                    "parameters { key: \"output_class\" value: { string_value: \"false\" } }\n"
                    "parameters { key: \"storage_type\" value: { string_value: \"AUTO\" } }\n",
                    "the trees for the FIL backend: columns as numbers, a category as its code",
                    card);
  WriteFeatureList(directory, features, card);
  if (manifest.calibration && manifest.calibration->kept) {
    card->notes.push_back(
        folded ? "`score` and `score_fil` are calibrated; in `score_fil` the leaves hold it."
               : "`score` is calibrated; `score_fil` holds the trees alone and is not.");
  }
}

void WriteTriton(const ExportSource&, const BgnbdModel&, const std::string&, CardExport*) {
  throw UsageError("BG/NBD has no form for Triton");
}

void WriteTriton(const ExportSource&, const HazardModel&, const std::string&, CardExport*) {
  throw UsageError("a hazard model has no form for Triton");
}

}  // namespace

void ExportTriton(const ExportSource& source, const std::string& directory, CardExport* card) {
  std::visit([&](const auto& model) { WriteTriton(source, model, directory, card); },
             source.artifact.model);
}

}  // namespace tidewright
