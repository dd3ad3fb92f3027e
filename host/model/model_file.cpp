#include "host/model/model_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "host/core/errors.h"
#include "host/core/large_arrays.h"
#include "host/model/bgnbd_file.h"
#include "host/model/classifier_file.h"
#include "host/model/hazard_file.h"

namespace tidewright {
namespace {

std::string KindOf(const FactorModel&) { return kFactorKind; }
std::string KindOf(const TreeEnsemble&) { return kTreeKind; }
std::string KindOf(const LinearModel&) { return kLinearKind; }
std::string KindOf(const BgnbdModel&) { return kBgnbdKind; }
std::string KindOf(const HazardModel&) { return kHazardKind; }

std::vector<ArrayView> ArraysOf(const FactorModel& model, const std::string& prefix) {
  return {
      ViewArray(prefix + "user_factors", {model.users, model.factors}, model.user_factors.data()),
      ViewArray(prefix + "item_factors", {model.items, model.factors}, model.item_factors.data()),
      ViewArray(prefix + "item_gramian", {model.factors, model.factors},
                model.item_gramian.data())};
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

FactorModel ReadFactorModel(const SafetensorsReader& reader, const std::string& prefix) {
  FactorModel model;
  const auto read = [&](const char* name, AlignedVector<float>* out) {
    const std::vector<int64_t> shape = reader.Read(prefix + name, 2, out);
    CheckFinite(out->data(), static_cast<int64_t>(out->size()), shape[1], reader.path(),
                prefix + name);
    return shape;
  };
  const auto user_shape = read("user_factors", &model.user_factors);
  model.users = user_shape[0];
  model.factors = user_shape[1];
  const auto item_shape = read("item_factors", &model.item_factors);
  model.items = item_shape[0];
  if (item_shape[1] != model.factors) {
    throw DataError({reader.path(), prefix + "item_factors", {}}, "it is " + ShapeText(item_shape),
                    std::to_string(model.factors) + " factors, as user_factors has");
  }
  const auto gramian_shape = read("item_gramian", &model.item_gramian);
  if (gramian_shape != std::vector<int64_t>{model.factors, model.factors}) {
    throw DataError({reader.path(), prefix + "item_gramian", {}},
                    "it is " + ShapeText(gramian_shape), ShapeText({model.factors, model.factors}));
  }
  return model;
}

}  // namespace

std::string ModelKind(const Model& model) {
  return std::visit([](const auto& m) { return KindOf(m); }, model);
}

std::vector<ArrayView> ModelArrays(const Model& model, const std::string& prefix) {
  return std::visit([&](const auto& m) { return ArraysOf(m, prefix); }, model);
}

Model ReadModel(const std::string& kind, const SafetensorsReader& reader,
                const std::string& prefix) {
  if (kind == kFactorKind) return ReadFactorModel(reader, prefix);
  if (kind == kTreeKind) return ReadTreeEnsemble(reader, prefix);
  if (kind == kLinearKind) return ReadLinearModel(reader, prefix);
  if (kind == kBgnbdKind) return ReadBgnbdModel(reader, prefix);
  if (kind == kHazardKind) return ReadHazardModel(reader, prefix);
  throw DataError({reader.path(), "", {}}, "a model of kind '" + kind + "' is not known",
                  std::string(kFactorKind) + ", " + kTreeKind + ", " + kLinearKind + ", " +
                      kBgnbdKind + " or " + kHazardKind);
}

void CheckFinite(const float* values, int64_t count, int64_t row_length, const std::string& path,
                 const std::string& name) {
  if (AllFinite(values, count)) return;
  const float* first =
      std::find_if(values, values + count, [](float v) { return !std::isfinite(v); });
  throw DataError({path, name, (first - values) / std::max<int64_t>(row_length, 1)},
                  std::isnan(*first) ? "NaN" : "infinite", "finite numbers");
}

}  // namespace tidewright
