#include "host/export/safetensors_export.h"

#include "host/core/errors.h"
#include "host/export/export_files.h"
#include "host/export/export_vectors.h"
#include "host/export/narrow_vectors.h"
#include "host/model/model_file.h"
#include "host/model/safetensors.h"

namespace tidewright {
namespace {

const char* ArraysText(const FactorModel&) {
  return "`user_factors`, `item_factors` and `item_gramian`; a score is the dot product of a "
         "user's row and an item's";
}
constexpr char kByteArraysText[] =
    "`user_factors` and `item_factors` (int8), `user_scales`, `item_scales` and `item_gramian`; a "
    "score is the dot product of a user's row and an item's, times the user's scale and the item's";
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

// The rows of users and items in the request's precision, beside the Gramian, which folds users in.
void WriteFactors(const ExportSource& source, const std::string& path,
                  std::map<std::string, std::string> metadata, CardExport* card) {
  const ExportVectors exact = VectorsOf(source, card);
  const std::string& precision = source.request.precision;
  metadata["precision"] = precision;
  if (source.request.augment) metadata["augmented"] = "true";
  std::vector<ArrayView> arrays;
  for (const ArrayView& array : ModelArrays(source.artifact.model, "")) {
    if (array.info.name == "item_gramian") arrays.push_back(array);
  }
  const int64_t width = exact.dimension;
  const auto write = [&](const auto* users, const auto* items) {
    arrays.push_back(ViewArray("user_factors", {exact.users, width}, users));
    arrays.push_back(ViewArray("item_factors", {exact.items, width}, items));
    WriteSafetensors(path, arrays, metadata);
  };
  if (precision == "fp16") {
    const HalfRows users = NarrowToHalf(exact.user_rows, exact.users, width, "user");
    const HalfRows items = NarrowToHalf(exact.item_rows, exact.items, width, "item");
    const auto read_users = [&](const float* rows, int64_t count) {
      return ReadBack(NarrowToHalf(rows, count, width, "user"));
    };
    ReportRecall(source, exact, read_users, ReadBack(items).data(), card);
    write(users.values.data(), items.values.data());
  } else if (precision == "int8") {
    const ByteRows users = NarrowToBytes(exact.user_rows, exact.users, width);
    const ByteRows items = NarrowToBytes(exact.item_rows, exact.items, width);
    const auto read_users = [&](const float* rows, int64_t count) {
      return ReadBack(NarrowToBytes(rows, count, width));
    };
    ReportRecall(source, exact, read_users, ReadBack(items).data(), card);
    arrays.push_back(ViewArray("user_scales", {exact.users}, users.scales.data()));
    arrays.push_back(ViewArray("item_scales", {exact.items}, items.scales.data()));
    card->notes.push_back(
        "A vector is the row of `user_factors` or `item_factors` times its number in "
        "`user_scales` or `item_scales`.");
    write(users.values.data(), items.values.data());
  } else {
    write(exact.user_rows, exact.item_rows);
  }
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
  const std::string path = directory + "/model.safetensors";
  if (std::holds_alternative<FactorModel>(artifact.model)) {
    WriteFactors(source, path, metadata, card);
  } else {
    WriteSafetensors(path, ModelArrays(artifact.model, ""), metadata);
  }
  card->files.emplace_back(
      "model.safetensors",
      source.request.precision == "int8"
          ? kByteArraysText
          : std::visit([](const auto& model) { return ArraysText(model); }, artifact.model));
  if (manifest.features) {
    WriteFeatureList(directory, *manifest.features, card);
    WarnOfCalibration(source, card);
  } else if (std::holds_alternative<FactorModel>(artifact.model)) {
    WriteIdLists(source, directory, true, card);
  }
}

}  // namespace tidewright
