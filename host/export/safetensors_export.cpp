#include "host/export/safetensors_export.h"

#include <algorithm>
#include <functional>

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

// Rows [begin, end) of one side's vectors.
using SideRows =
    std::function<const float*(int64_t begin, int64_t end, AlignedVector<float>* buffer)>;

struct Side {
  std::string name;  // "user"
  int64_t count = 0;
  int64_t width = 0;
  SideRows rows;
  std::vector<float> scales = {};  // of int8
};

// The array NAME_factors, made as it is written: narrow(rows, first row, rows, numbers to fill).
template <class T, class Narrowing>
ArrayView SideArray(const Side& side, const Narrowing& narrow) {
  return MadeArray<T>(side.name + "_factors", {side.count, side.width},
                      [&side, narrow](int64_t begin, int64_t end, T* out) {
                        AlignedVector<float> buffer;
                        narrow(side.rows(begin, end, &buffer), begin, end - begin, out);
                      });
}

ArrayView FloatArray(const Side& side) {
  return SideArray<float>(side, [&side](const float* rows, int64_t, int64_t count, float* out) {
    std::copy_n(rows, count * side.width, out);
  });
}

ArrayView HalfArray(const Side& side) {
  return SideArray<Fp16>(side, [&side](const float* rows, int64_t first, int64_t count, Fp16* out) {
    NarrowToHalf(rows, first, count, side.width, side.name, out);
  });
}

ArrayView ByteArray(const Side& side) {
  return SideArray<int8_t>(
      side, [&side](const float* rows, int64_t first, int64_t count, int8_t* out) {
        NarrowToBytes(rows, side.scales.data() + first, count, side.width, out);
      });
}

// Names a row that does not fit before anything else is done.
void CheckHalf(const Side& side) {
  AlignedVector<float> buffer;
  std::vector<Fp16> values;
  ForRowBlocks(side.count, [&](int64_t begin, int64_t end) {
    values.resize(static_cast<size_t>((end - begin) * side.width));
    NarrowToHalf(side.rows(begin, end, &buffer), begin, end - begin, side.width, side.name,
                 values.data());
  });
}

void FindScales(Side* side) {
  side->scales.resize(static_cast<size_t>(side->count));
  AlignedVector<float> buffer;
  ForRowBlocks(side->count, [&](int64_t begin, int64_t end) {
    ScaleRows(side->rows(begin, end, &buffer), end - begin, side->width,
              side->scales.data() + begin);
  });
}

void RoundToHalf(const float* rows, int64_t count, int64_t width, float* out) {
  std::vector<Fp16> values(static_cast<size_t>(count * width));
  NarrowToHalf(rows, 0, count, width, "vector", values.data());
  ReadHalf(values.data(), count * width, out);
}

void RoundToBytes(const float* rows, int64_t count, int64_t width, float* out) {
  std::vector<float> scales(static_cast<size_t>(count));
  std::vector<int8_t> values(static_cast<size_t>(count * width));
  ScaleRows(rows, count, width, scales.data());
  NarrowToBytes(rows, scales.data(), count, width, values.data());
  ReadBytes(values.data(), scales.data(), count, width, out);
}

// The rows of users and items in the request's precision, beside the Gramian, which folds users in.
void WriteFactors(const ExportSource& source, const std::string& path,
                  std::map<std::string, std::string> metadata, CardExport* card) {
  const ExportVectors exact = VectorsOf(source, card);
  const std::string& precision = source.request.precision;
  metadata["precision"] = precision;
  if (exact.augmented()) metadata["augmented"] = "true";
  const int64_t width = exact.dimension();
  Side sides[2] = {
      {"user", exact.users(), width,
       [&](int64_t begin, int64_t end, AlignedVector<float>* buffer) {
         return exact.Users(begin, end, buffer);
       }},
      {"item", exact.items(), width, [&](int64_t begin, int64_t end, AlignedVector<float>* buffer) {
         return exact.Items(begin, end, buffer);
       }}};
  const auto report = [&](void (*round)(const float*, int64_t, int64_t, float*)) {
    ReportNarrowRecall(
        source, exact, [&](float* rows, int64_t count) { round(rows, count, width, rows); },
        [&](int64_t begin, int64_t end, float* out) {
          AlignedVector<float> buffer;
          round(exact.Items(begin, end, &buffer), end - begin, width, out);
        },
        card);
  };
  std::vector<ArrayView> arrays;
  for (const ArrayView& array : ModelArrays(source.artifact.model, "")) {
    if (array.info.name == "item_gramian") arrays.push_back(array);
  }
  if (precision == "fp16") {
    for (const Side& side : sides) CheckHalf(side);
    report(RoundToHalf);
    for (const Side& side : sides) arrays.push_back(HalfArray(side));
  } else if (precision == "int8") {
    report(RoundToBytes);
    for (Side& side : sides) {
      FindScales(&side);
      arrays.push_back(ByteArray(side));
      arrays.push_back(ViewArray(side.name + "_scales", {side.count}, side.scales.data()));
    }
    card->notes.push_back(
        "A vector is the row of `user_factors` or `item_factors` times its number in "
        "`user_scales` or `item_scales`.");
  } else {
    for (const Side& side : sides) arrays.push_back(FloatArray(side));
  }
  WriteSafetensors(path, arrays, metadata);
}

// What makes the artifact's probabilities of the log-odds that the arrays give.
std::string CalibrationJsonOf(const Manifest& manifest, CardExport* card) {
  if (!manifest.calibration || !manifest.calibration->kept) return R"({"method":"none"})";
  const Calibrator& kept = *manifest.calibration->kept;
  card->notes.push_back(
      "The arrays give log-odds before calibration; `calibration` of features.json holds the " +
      CalibrationMethodName(kept.method) +
      " calibration that makes the artifact's probabilities of them.");
  return CalibratorText(kept);
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
    WriteFeatureList(directory, *manifest.features, card, CalibrationJsonOf(manifest, card));
  } else if (std::holds_alternative<FactorModel>(artifact.model)) {
    WriteIdLists(source, directory, true, card);
  }
}

}  // namespace tidewright
