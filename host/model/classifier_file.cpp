#include "host/model/classifier_file.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include "host/core/errors.h"

namespace tidewright {
namespace {

// Reads arrays that have one entry a node or term, and refuses by name and row.
class ArrayChecker {
 public:
  ArrayChecker(const SafetensorsReader& reader, const std::string& prefix)
      : reader_(reader), prefix_(prefix) {}

  template <class T>
  void Read(const std::string& name, std::vector<T>* out) const {
    reader_.Read(prefix_ + name, 1, out);
  }

  template <class T>
  void Read(const std::string& name, size_t rows, std::vector<T>* out) const {
    Read(name, out);
    if (out->size() != rows) {
      Refuse(name, {}, "it has " + std::to_string(out->size()) + " entries", std::to_string(rows));
    }
  }

  template <class T>
  void ReadFinite(const std::string& name, size_t rows, std::vector<T>* out) const {
    Read(name, rows, out);
    for (size_t row = 0; row < rows; ++row) {
      if (!std::isfinite((*out)[row])) Refuse(name, row, "it is not finite", "finite numbers");
    }
  }

  template <class T>
  T ReadOne(const std::string& name) const {
    std::vector<T> value;
    reader_.Read(prefix_ + name, 0, &value);
    return value[0];
  }

  [[noreturn]] void Refuse(const std::string& name, std::optional<int64_t> row,
                           const std::string& what, const std::string& expected) const {
    throw DataError({reader_.path(), prefix_ + name, row}, what, expected);
  }

 private:
  const SafetensorsReader& reader_;
  std::string prefix_;
};

void CheckRange(const ArrayChecker& arrays, const std::string& name, int64_t row, int64_t value,
                int64_t low, int64_t high) {
  if (value >= low && value <= high) return;
  arrays.Refuse(name, row, "it is " + std::to_string(value),
                high < low ? "none" : std::to_string(low) + " to " + std::to_string(high));
}

// Rises from 0 to `end`, strictly where `strict`.
void CheckRising(const ArrayChecker& arrays, const std::string& name,
                 const std::vector<int64_t>& offsets, int64_t end, bool strict) {
  if (offsets.empty() || offsets[0] != 0) {
    arrays.Refuse(name, 0, "it does not begin with 0", "offsets from 0 on");
  }
  for (size_t row = 1; row < offsets.size(); ++row) {
    if (offsets[row] < offsets[row - 1] + (strict ? 1 : 0)) {
      arrays.Refuse(name, static_cast<int64_t>(row), "it does not rise", "rising offsets");
    }
  }
  if (offsets.back() != end) {
    arrays.Refuse(name, static_cast<int64_t>(offsets.size()) - 1,
                  "it ends with " + std::to_string(offsets.back()), std::to_string(end));
  }
}

void CheckTree(const ArrayChecker& arrays, const TreeEnsemble& model, int64_t tree) {
  const int64_t root = model.tree_offsets[tree];
  const int64_t nodes = model.tree_offsets[tree + 1] - root;
  std::vector<uint8_t> is_child(static_cast<size_t>(nodes), 0);
  for (int64_t node = 0; node < nodes; ++node) {
    const int64_t at = root + node;
    CheckRange(arrays, "feature", at, model.feature[at], -1, model.features - 1);
    CheckRange(arrays, "missing_left", at, model.missing_left[at], 0, 1);
    const int64_t words = model.category_offsets[at + 1] - model.category_offsets[at];
    if (model.feature[at] < 0) {
      CheckRange(arrays, "left", at, model.left[at], 0, 0);
      if (words != 0) arrays.Refuse("category_offsets", at, "a leaf has categories", "none");
      continue;
    }
    const int64_t left = model.left[at];
    CheckRange(arrays, "left", at, left, node + 1, nodes - 2);
    for (const int64_t child : {left, left + 1}) {
      if (is_child[child] != 0) {
        arrays.Refuse("left", at, "node " + std::to_string(child) + " has two parents", "one");
      }
      is_child[child] = 1;
    }
  }
  for (int64_t node = 1; node < nodes; ++node) {
    if (is_child[node] == 0) {
      arrays.Refuse("left", root + node, "no node leads here", "each node but the root a child");
    }
  }
}

template <class T>
ArrayView ViewOf(const std::string& name, const std::vector<T>& array) {
  return ViewArray(name, {static_cast<int64_t>(array.size())}, array.data());
}

}  // namespace

std::vector<ArrayView> ArraysOf(const TreeEnsemble& model, const std::string& prefix) {
  return {ViewArray(prefix + "features", {}, &model.features),
          ViewArray(prefix + "base_margin", {}, &model.base_margin),
          ViewOf(prefix + "tree_offsets", model.tree_offsets),
          ViewOf(prefix + "feature", model.feature),
          ViewOf(prefix + "threshold", model.threshold),
          ViewOf(prefix + "left", model.left),
          ViewOf(prefix + "missing_left", model.missing_left),
          ViewOf(prefix + "value", model.value),
          ViewOf(prefix + "gain", model.gain),
          ViewOf(prefix + "cover", model.cover),
          ViewOf(prefix + "category_offsets", model.category_offsets),
          ViewOf(prefix + "category_words", model.category_words)};
}

std::vector<ArrayView> ArraysOf(const LinearModel& model, const std::string& prefix) {
  return {ViewArray(prefix + "features", {}, &model.features),
          ViewArray(prefix + "intercept", {}, &model.intercept),
          ViewOf(prefix + "feature", model.feature),
          ViewOf(prefix + "category", model.category),
          ViewOf(prefix + "center", model.center),
          ViewOf(prefix + "scale", model.scale),
          ViewOf(prefix + "coefficient", model.coefficient)};
}

TreeEnsemble ReadTreeEnsemble(const SafetensorsReader& reader, const std::string& prefix) {
  const ArrayChecker arrays(reader, prefix);
  TreeEnsemble model;
  model.features = arrays.ReadOne<int64_t>("features");
  CheckRange(arrays, "features", 0, model.features, 1, INT32_MAX);
  model.base_margin = arrays.ReadOne<float>("base_margin");
  if (!std::isfinite(model.base_margin)) {
    arrays.Refuse("base_margin", {}, "it is not finite", "a finite number");
  }
  arrays.Read("feature", &model.feature);
  const size_t nodes = model.feature.size();
  arrays.ReadFinite("threshold", nodes, &model.threshold);
  arrays.Read("left", nodes, &model.left);
  arrays.Read("missing_left", nodes, &model.missing_left);
  arrays.ReadFinite("value", nodes, &model.value);
  arrays.ReadFinite("gain", nodes, &model.gain);
  arrays.ReadFinite("cover", nodes, &model.cover);
  arrays.Read("category_offsets", nodes + 1, &model.category_offsets);
  arrays.Read("category_words", &model.category_words);
  arrays.Read("tree_offsets", &model.tree_offsets);
  CheckRising(arrays, "tree_offsets", model.tree_offsets, model.nodes(), true);
  CheckRising(arrays, "category_offsets", model.category_offsets,
              static_cast<int64_t>(model.category_words.size()), false);
  for (int64_t tree = 0; tree < model.trees(); ++tree) CheckTree(arrays, model, tree);
  return model;
}

LinearModel ReadLinearModel(const SafetensorsReader& reader, const std::string& prefix) {
  const ArrayChecker arrays(reader, prefix);
  LinearModel model;
  model.features = arrays.ReadOne<int64_t>("features");
  CheckRange(arrays, "features", 0, model.features, 1, INT32_MAX);
  model.intercept = arrays.ReadOne<double>("intercept");
  if (!std::isfinite(model.intercept)) {
    arrays.Refuse("intercept", {}, "it is not finite", "a finite number");
  }
  arrays.Read("feature", &model.feature);
  const size_t terms = model.feature.size();
  arrays.Read("category", terms, &model.category);
  arrays.ReadFinite("center", terms, &model.center);
  arrays.ReadFinite("scale", terms, &model.scale);
  arrays.ReadFinite("coefficient", terms, &model.coefficient);
  for (int64_t term = 0; term < model.terms(); ++term) {
    CheckRange(arrays, "feature", term, model.feature[term], 0, model.features - 1);
    CheckRange(arrays, "category", term, model.category[term], kTermMissing, INT32_MAX);
  }
  return model;
}

}  // namespace tidewright
