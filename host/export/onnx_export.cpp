#include "host/export/onnx_export.h"

#include <optional>

#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/export/onnx_classifier.h"
#include "host/export/onnx_recommender.h"
#include "host/model/model_file.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

// Within 1e-4 of the direct solve for nearly every user, as bench/export_readers.sh measures.
constexpr int64_t kFoldInGraphSteps = 32;
constexpr char kWeightsName[] = "model.safetensors";

IalsConfig IalsConfigOf(const Manifest& manifest) {
  IalsConfig config;
  const ConfigFields fields = FieldsOf(config);
  for (const auto& [name, text] : manifest.config) {
    for (const ConfigField& field : fields) {
      if (field.name == name) SetField(field, text, "the artifact");
    }
  }
  return config;
}

void WriteOnnx(const ExportSource& source, const FactorModel& model, const std::string& directory,
               CardExport* card) {
  const Artifact& artifact = source.artifact;
  std::optional<OnnxPlace> users;
  std::optional<OnnxPlace> items;
  const int64_t bytes =
      static_cast<int64_t>(sizeof(float)) * model.factors * (model.users + model.items);
  if (bytes > source.request.inline_limit) {
    const std::string path = directory + "/" + kWeightsName;
    WriteSafetensors(path, ModelArrays(artifact.model, ""), {{"producer", "tidewright"}});
    const SafetensorsReader written{InputFile(path)};
    users = OnnxPlace{kWeightsName, written.OffsetOf("user_factors")};
    items = OnnxPlace{kWeightsName, written.OffsetOf("item_factors")};
    card->files.emplace_back(kWeightsName, "the factors, which the graphs read from here");
  }
  const OnnxRecommender graphs{model, artifact.items, source.request.top_k,
                               users ? &*users : nullptr, items ? &*items : nullptr};
  RecommendGraph(graphs).Write(directory + "/recommend.onnx");
  card->files.emplace_back("recommend.onnx",
                           "user row, seen and denied item rows → the best items and their scores");
  if (artifact.manifest.algorithm == "ials") {
    FoldInGraph(graphs, IalsConfigOf(artifact.manifest), kFoldInGraphSteps)
        .Write(directory + "/fold_in.onnx");
    card->files.emplace_back("fold_in.onnx",
                             "item rows and values of a user the model has not seen → the same");
  }
  WriteIdLists(source, directory, true, card);
}

template <class Classifier>
void WriteOnnx(const ExportSource& source, const Classifier& model, const std::string& directory,
               CardExport* card) {
  const FeatureSpec& features = FeaturesOf(source.artifact, source.request.artifact);
  const std::optional<CalibrationRecord>& calibration = source.artifact.manifest.calibration;
  const bool calibrated = calibration && calibration->kept;
  ClassifierGraph(model, features, calibrated ? &*calibration->kept : nullptr)
      .Write(directory + "/model.onnx");
  card->files.emplace_back("model.onnx",
                           calibrated ? "one input a column → calibrated probability, and log-odds"
                                      : "one input a column → probability and log-odds");
  WriteFeatureList(directory, features, card);
}

void WriteOnnx(const ExportSource&, const BgnbdModel&, const std::string&, CardExport*) {
  throw UsageError("BG/NBD has no form in ONNX; choose from: safetensors");
}

}  // namespace

void ExportOnnx(const ExportSource& source, const std::string& directory, CardExport* card) {
  std::visit([&](const auto& model) { WriteOnnx(source, model, directory, card); },
             source.artifact.model);
}

}  // namespace tidewright
