#include "host/export/safetensors_export.h"

#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/model/model_file.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

const char* ArraysText(const FactorModel&) {
  return "`user_factors`, `item_factors` and `item_gramian`, float32; a score is the dot product "
         "of "
         "a user's row and an item's";
}
const char* ArraysText(const TreeEnsemble&) {
  return "the nodes of the trees, as Tidewright's FORMAT.md describes them";
}
const char* ArraysText(const BgnbdModel&) {
  throw UsageError("BG/NBD has no export to safetensors");
}
const char* ArraysText(const HazardModel&) {
  throw UsageError("a hazard model has no export to safetensors");
}
const char* ArraysText(const LinearModel&) {
  return "`intercept` and, of each term, `feature`, `category`, `center`, `scale`, `coefficient`";
}

}  // namespace

void ExportSafetensors(const ExportSource& source, const std::string& directory, CardExport* card) {
  const Artifact& artifact = source.artifact;
  const Manifest& manifest = artifact.manifest;
  std::map<std::string, std::string> metadata{{"algorithm", manifest.algorithm},
                                              {"data_fingerprint", manifest.data_fingerprint},
                                              {"kind", ModelKind(artifact.model)},
                                              {"producer", "tidewright"}};
  for (const auto& [name, text] : manifest.config) metadata["config." + name] = text;
  if (manifest.features) metadata["label"] = manifest.features->label_name;
  WriteSafetensors(directory + "/model.safetensors", ModelArrays(artifact.model, ""), metadata);
  card->files.emplace_back(
      "model.safetensors",
      std::visit([](const auto& model) { return ArraysText(model); }, artifact.model));
  if (manifest.features) {
    WriteFeatureList(directory, *manifest.features, card);
    WarnOfCalibration(source, card);
  } else if (std::holds_alternative<FactorModel>(artifact.model)) {
    WriteIdLists(source, directory, true, card);
  }
}

}  // namespace tidewright
