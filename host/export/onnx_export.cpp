#include "host/export/onnx_export.h"

#include <filesystem>
#include <optional>

#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/export/onnx_classifier.h"
#include "host/export/onnx_recommender.h"
#include "host/model/model_file.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

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

// Where the factors lie beside a graph; nothing where they are small enough to be in it.
struct FactorPlaces {
  std::optional<OnnxPlace> users;
  std::optional<OnnxPlace> items;

  OnnxRecommender With(const ExportSource& source) const {
    return {std::get<FactorModel>(source.artifact.model), source.artifact.items,
            source.request.top_k, users ? &*users : nullptr, items ? &*items : nullptr};
  }
};

bool LiesBeside(const ExportSource& source) {
  const auto& model = std::get<FactorModel>(source.artifact.model);
  const int64_t bytes =
      static_cast<int64_t>(sizeof(float)) * model.factors * (model.users + model.items);
  return bytes > source.request.inline_limit;
}

enum class PlacedSides { kBoth, kItems };

// The file is written where no graph in the directory has needed it before.
FactorPlaces PlaceFactors(const ExportSource& source, PlacedSides sides,
                          const std::string& directory) {
  FactorPlaces places;
  if (!LiesBeside(source)) return places;
  const std::string path = directory + "/" + kWeightsName;
  const bool users = sides == PlacedSides::kBoth;
  if (!std::filesystem::exists(path)) {
    std::vector<ArrayView> arrays = ModelArrays(source.artifact.model, "");
    if (!users) {
      std::erase_if(arrays,
                    [](const ArrayView& array) { return array.info.name != "item_factors"; });
    }
    WriteSafetensors(path, arrays, {{"producer", "tidewright"}});
  }
  const SafetensorsReader written{InputFile(path)};
  if (users) places.users = OnnxPlace{kWeightsName, written.OffsetOf("user_factors")};
  places.items = OnnxPlace{kWeightsName, written.OffsetOf("item_factors")};
  return places;
}

template <class Classifier>
void WriteClassifier(const ExportSource& source, const Classifier& model, const std::string& path) {
  const FeatureSpec& features = FeaturesOf(source.artifact, source.request.artifact);
  const std::optional<CalibrationRecord>& calibration = source.artifact.manifest.calibration;
  const bool calibrated = calibration && calibration->kept;
  ClassifierGraph(model, features, calibrated ? &*calibration->kept : nullptr).Write(path);
}
void WriteClassifier(const ExportSource&, const FactorModel&, const std::string&) {
  throw UsageError("a recommender has no probabilities");
}
void WriteClassifier(const ExportSource&, const BgnbdModel&, const std::string&) {
  throw UsageError("BG/NBD has no form in ONNX");
}
void WriteClassifier(const ExportSource&, const HazardModel&, const std::string&) {
  throw UsageError("a hazard model has no form in ONNX");
}

}  // namespace

void WriteRecommendOnnx(const ExportSource& source, const std::string& directory,
                        const std::string& name) {
  const FactorPlaces places = PlaceFactors(source, PlacedSides::kBoth, directory);
  RecommendGraph(places.With(source)).Write(directory + "/" + name);
}

bool WriteFoldInOnnx(const ExportSource& source, const std::string& directory,
                     const std::string& name) {
  const Manifest& manifest = source.artifact.manifest;
  if (manifest.algorithm != "ials") return false;
  const FactorPlaces places = PlaceFactors(source, PlacedSides::kItems, directory);
  FoldInGraph(places.With(source), IalsConfigOf(manifest)).Write(directory + "/" + name);
  return true;
}

void WriteClassifierOnnx(const ExportSource& source, const std::string& path) {
  std::visit([&](const auto& model) { WriteClassifier(source, model, path); },
             source.artifact.model);
}

void ExportOnnx(const ExportSource& source, const std::string& directory, CardExport* card) {
  if (!std::holds_alternative<FactorModel>(source.artifact.model)) {
    WriteClassifierOnnx(source, directory + "/model.onnx");
    card->files.emplace_back("model.onnx", "one input a column → probability and log-odds");
    WriteFeatureList(directory, FeaturesOf(source.artifact, source.request.artifact), card);
    return;
  }
  WriteRecommendOnnx(source, directory, "recommend.onnx");
  card->files.emplace_back("recommend.onnx",
                           "user row, seen and denied item rows → the best items and their scores");
  if (WriteFoldInOnnx(source, directory, "fold_in.onnx")) {
    card->files.emplace_back("fold_in.onnx",
                             "item rows and values of a user the model has not seen → the same");
  }
  if (LiesBeside(source)) {
    card->files.emplace_back(kWeightsName, "the factors, which the graphs read from here");
  }
  WriteIdLists(source, directory, true, card);
}

}  // namespace tidewright
