#include "host/export/xgboost_json.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "host/core/errors.h"
#include "host/export/json_array.h"
#include "host/export/xgboost_columns.h"

namespace tidewright {
namespace {

constexpr int64_t kNoParent = 2147483647;
constexpr float kLargest = std::numeric_limits<float>::max();

// How XGBoost asks what a node of ours asks of a category.
struct CategorySplit {
  bool swapped = false;        // its left child is our right one
  std::vector<int64_t> right;  // the codes that go to its right child
};

CategorySplit CategorySplitOf(const TreeEnsemble& model, int64_t node) {
  CategorySplit split;
  split.swapped = model.missing_left[node] == 0;
  const int64_t first = model.category_offsets[node];
  const int64_t codes = (model.category_offsets[node + 1] - first) * 32;
  for (int64_t code = 0; code < codes; ++code) {
    const bool in_set = ((model.category_words[first + code / 32] >> (code % 32)) & 1U) != 0;
    if (in_set == split.swapped) split.right.push_back(code);
  }
  return split;
}

// One tree as XGBoost numbers its nodes: ours, but for children that change places.
class XgboostTree {
 public:
  XgboostTree(const TreeEnsemble& model, int64_t tree)
      : model_(model),
        root_(model.tree_offsets[tree]),
        nodes_(model.tree_offsets[tree + 1] - root_),
        node_at_(static_cast<size_t>(nodes_)),
        parent_(static_cast<size_t>(nodes_), kNoParent),
        categories_(static_cast<size_t>(nodes_)) {
    for (int64_t place = 0; place < nodes_; ++place) node_at_[place] = root_ + place;
    for (int64_t place = 0; place < nodes_; ++place) {
      const int64_t node = node_at_[place];
      if (model.feature[node] < 0) continue;
      const int64_t left = model.left[node];
      parent_[left] = parent_[left + 1] = place;
      if (!IsCategory(node)) continue;
      categories_[place] = CategorySplitOf(model, node);
      if (categories_[place].swapped) std::swap(node_at_[left], node_at_[left + 1]);
    }
  }

  // A node's value becomes slope * value + shift.
  std::string Json(int64_t id, const MarginMap& margins) const {
    const auto value = [&](int64_t node) {
      const double mapped = margins.slope * model_.value[node] + margins.shift;
      return FloatText(static_cast<float>(std::clamp<double>(mapped, -kLargest, kLargest)));
    };
    const std::string features = std::to_string(model_.features);
    std::string json = "{\"tree_param\":{\"num_deleted\":\"0\",\"num_feature\":\"" + features +
                       "\",\"num_nodes\":\"" + std::to_string(nodes_) +
                       "\",\"size_leaf_vector\":\"0\"},\"id\":" + std::to_string(id) + ",";
    const auto array = [&](const std::string& name, const auto& text) {
      AppendArray(
          name, nodes_, [&](int64_t place) { return text(place, node_at_[place]); }, &json);
      json += ',';
    };
    array("loss_changes", [&](int64_t, int64_t node) {
      return FloatText(std::min(2 * model_.gain[node], kLargest));
    });
    array("sum_hessian", [&](int64_t, int64_t node) { return FloatText(model_.cover[node]); });
    array("base_weights", [&](int64_t, int64_t node) { return value(node); });
    array("left_children", [&](int64_t, int64_t node) {
      return std::to_string(IsLeaf(node) ? -1 : model_.left[node]);
    });
    array("right_children", [&](int64_t, int64_t node) {
      return std::to_string(IsLeaf(node) ? -1 : model_.left[node] + 1);
    });
    array("parents", [&](int64_t place, int64_t) { return std::to_string(parent_[place]); });
    array("split_indices", [&](int64_t, int64_t node) {
      return std::to_string(IsLeaf(node) ? 0 : model_.feature[node]);
    });
    array("split_conditions", [&](int64_t place, int64_t node) {
      if (IsLeaf(node)) return value(node);
      if (!IsCategory(node)) return FloatText(model_.threshold[node]);
      return FloatText(AsksSet(place) ? 0.0f : kLargest);
    });
    array("split_type",
          [&](int64_t place, int64_t) { return std::string(AsksSet(place) ? "1" : "0"); });
    array("default_left", [&](int64_t, int64_t node) {
      const bool left = !IsLeaf(node) && (IsCategory(node) || model_.missing_left[node] != 0);
      return std::string(left ? "1" : "0");
    });
    AppendCategories(&json);
    return json + "}";
  }

 private:
  bool IsLeaf(int64_t node) const { return model_.feature[node] < 0; }
  bool IsCategory(int64_t node) const {
    return model_.category_offsets[node + 1] > model_.category_offsets[node];
  }
  // XGBoost knows no empty set: where nothing goes right, "less than the largest number" says so.
  bool AsksSet(int64_t place) const { return !categories_[place].right.empty(); }

  void AppendCategories(std::string* json) const {
    std::vector<int64_t> places;
    std::vector<int64_t> begins;
    std::vector<int64_t> sizes;
    std::vector<int64_t> codes;
    for (int64_t place = 0; place < nodes_; ++place) {
      if (!AsksSet(place)) continue;
      places.push_back(place);
      begins.push_back(static_cast<int64_t>(codes.size()));
      const std::vector<int64_t>& right = categories_[place].right;
      sizes.push_back(static_cast<int64_t>(right.size()));
      codes.insert(codes.end(), right.begin(), right.end());
    }
    AppendNumbers("categories", codes, json);
    *json += ',';
    AppendNumbers("categories_nodes", places, json);
    *json += ',';
    AppendNumbers("categories_segments", begins, json);
    *json += ',';
    AppendNumbers("categories_sizes", sizes, json);
  }

  const TreeEnsemble& model_;
  int64_t root_;
  int64_t nodes_;
  std::vector<int64_t> node_at_;  // the model's node at each place of the file's tree
  std::vector<int64_t> parent_;
  std::vector<CategorySplit> categories_;
};

TreeEnsemble OneLeaf(int64_t features, float base_margin) {
  TreeEnsemble model;
  model.base_margin = base_margin;
  model.features = features;
  model.tree_offsets = {0, 1};
  model.feature = {-1};
  model.threshold = {0};
  model.left = {0};
  model.missing_left = {0};
  model.value = {0};
  model.gain = {0};
  model.cover = {0};
  model.category_offsets = {0, 0};
  return model;
}

}  // namespace

XgboostDocument::XgboostDocument(const TreeEnsemble& model, const FeatureSpec& features,
                                 XgboostDictionary dictionary, MarginMap margins)
    : leaf_(OneLeaf(static_cast<int64_t>(features.columns.size()), model.base_margin)),
      model_(model.trees() == 0 ? leaf_ : model),
      features_(features),
      dictionary_(dictionary),
      margins_(margins) {
  const auto columns = static_cast<int64_t>(features.columns.size());
  if (model.features != columns) {
    throw DataError("the model reads " + std::to_string(model.features) +
                    " columns and its description names " + std::to_string(columns) +
                    "; the artifact is damaged, train it again");
  }
}

std::string XgboostDocument::Head() const {
  const int64_t columns = model_.features;
  const std::vector<std::string> names = XgboostNames(features_);
  std::string json = "{\"learner\":{\"attributes\":{\"categories\":" +
                     JsonQuoted(XgboostCategoriesText(features_)) +
                     ",\"label\":" + JsonQuoted(features_.label_name) + "},";
  AppendArray(
      "feature_names", columns, [&](int64_t i) { return JsonQuoted(names[i]); }, &json);
  json += ',';
  AppendArray(
      "feature_types", columns,
      [&](int64_t i) { return XgboostTypeText(features_.columns[i].kind); }, &json);
  json += ",\"gradient_booster\":{\"model\":{" +
          (dictionary_ == XgboostDictionary::kWritten ? XgboostCatsText(features_) : "") +
          "\"gbtree_model_param\":{\"num_parallel_tree\":\"1\","
          "\"num_trees\":\"" +
          std::to_string(trees()) + "\"},";
  AppendArray(
      "iteration_indptr", trees() + 1, [](int64_t i) { return std::to_string(i); }, &json);
  json += ',';
  AppendArray(
      "tree_info", trees(), [](int64_t) { return "0"; }, &json);
  return json + ",\"trees\":[\n";
}

std::string XgboostDocument::Tree(int64_t tree) const {
  const double shift = margins_.slope * model_.base_margin + margins_.shift;
  return XgboostTree(model_, tree).Json(tree, {margins_.slope, tree == 0 ? shift : 0.0});
}

std::string XgboostDocument::Tail() const {
  return "]},\"name\":\"gbtree\"},\"learner_model_param\":{\"base_score\":\"5E-1\","
         "\"boost_from_average\":\"0\",\"num_class\":\"0\",\"num_feature\":\"" +
         std::to_string(model_.features) +
         "\",\"num_target\":\"1\"},\"objective\":{\"name\":\"binary:logistic\","
         "\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}}},\"version\":[2,1,4]}\n";
}

void WriteXgboostJson(const XgboostDocument& document, PartialFile& file) {
  file.Write(document.Head());
  for (int64_t tree = 0; tree < document.trees(); ++tree) {
    if (tree > 0) file.Write(",\n");
    file.Write(document.Tree(tree));
  }
  file.Write(document.Tail());
}

void WriteXgboostJson(const TreeEnsemble& model, const FeatureSpec& features, PartialFile& file,
                      XgboostDictionary dictionary, MarginMap margins) {
  WriteXgboostJson(XgboostDocument(model, features, dictionary, margins), file);
}

}  // namespace tidewright
