#include <cstdint>
#include <limits>

#include "host/export/onnx_classifier.h"

namespace tidewright {
namespace {

// The attributes of TreeEnsembleRegressor as they grow.
class OnnxTreeNodes {
 public:
  int64_t Add(int64_t tree, int64_t node, const char* mode, int64_t feature, float value) {
    trees_.push_back(tree);
    nodes_.push_back(node);
    modes_.emplace_back(mode);
    features_.push_back(feature);
    values_.push_back(value);
    true_.push_back(0);
    false_.push_back(0);
    missing_.push_back(0);
    return static_cast<int64_t>(nodes_.size()) - 1;
  }
  void Link(int64_t at, int64_t to_true, int64_t to_false, bool missing_true) {
    true_[at] = to_true;
    false_[at] = to_false;
    missing_[at] = missing_true ? 1 : 0;
  }
  void AddLeaf(int64_t tree, int64_t node, float value) {
    Add(tree, node, "LEAF", 0, 0);
    leaf_trees_.push_back(tree);
    leaf_nodes_.push_back(node);
    leaf_values_.push_back(value);
  }

  std::vector<OnnxAttribute> Attributes() const {
    return {{"n_targets", trees_.empty() ? int64_t{0} : trees_.back() + 1},
            {"aggregate_function", std::string("SUM")},
            {"post_transform", std::string("NONE")},
            {"nodes_treeids", trees_},
            {"nodes_nodeids", nodes_},
            {"nodes_featureids", features_},
            {"nodes_values", values_},
            {"nodes_modes", modes_},
            {"nodes_truenodeids", true_},
            {"nodes_falsenodeids", false_},
            {"nodes_missing_value_tracks_true", missing_},
            {"target_treeids", leaf_trees_},
            {"target_nodeids", leaf_nodes_},
            {"target_ids", leaf_trees_},
            {"target_weights", leaf_values_}};
  }

 private:
  std::vector<int64_t> trees_;
  std::vector<int64_t> nodes_;
  std::vector<std::string> modes_;
  std::vector<int64_t> features_;
  std::vector<float> values_;
  std::vector<int64_t> true_;
  std::vector<int64_t> false_;
  std::vector<int64_t> missing_;
  std::vector<int64_t> leaf_trees_;
  std::vector<int64_t> leaf_nodes_;
  std::vector<float> leaf_values_;
};

// A node's question about a category: which of the known codes go left.
struct KnownCodes {
  std::vector<int64_t> left;
  std::vector<int64_t> right;
};

KnownCodes CodesOf(const TreeEnsemble& model, int64_t node, int64_t categories) {
  KnownCodes codes;
  const int64_t first = model.category_offsets[node];
  const int64_t end = (model.category_offsets[node + 1] - first) * 32;
  for (int64_t code = 0; code < categories; ++code) {
    const bool goes_left =
        code < end ? ((model.category_words[first + code / 32] >> (code % 32)) & 1U) != 0
                   : model.missing_left[node] != 0;
    (goes_left ? codes.left : codes.right).push_back(code);
  }
  return codes;
}

// `next` is the first number that no node of the tree has.
void AddCategoryNode(const TreeEnsemble& model, int64_t tree, int64_t node, int64_t categories,
                     int64_t* next, OnnxTreeNodes* nodes) {
  const int64_t feature = model.feature[node];
  const int64_t place = node - model.tree_offsets[tree];
  const int64_t left = model.left[node];
  const bool missing_left = model.missing_left[node] != 0;
  const KnownCodes codes = CodesOf(model, node, categories);
  if (codes.left.empty() || codes.right.empty()) {
    // Every category goes one way: no code is below 0, every one below the largest number.
    const float bound = codes.left.empty() ? -1.0f : std::numeric_limits<float>::max();
    const int64_t at = nodes->Add(tree, place, "BRANCH_LT", feature, bound);
    nodes->Link(at, left, left + 1, missing_left);
    return;
  }
  const bool ask_left = codes.left.size() <= codes.right.size();
  const std::vector<int64_t>& asked = ask_left ? codes.left : codes.right;
  const int64_t found = ask_left ? left : left + 1;
  const int64_t other = ask_left ? left + 1 : left;
  const bool missing_found = missing_left == ask_left;
  int64_t number = place;
  for (size_t i = 0; i < asked.size(); ++i) {
    const int64_t at = nodes->Add(tree, number, "BRANCH_EQ", feature, static_cast<float>(asked[i]));
    number = i + 1 < asked.size() ? (*next)++ : other;
    nodes->Link(at, found, number, missing_found);
  }
}

}  // namespace

std::string AddTreeMargin(const TreeEnsemble& model, const FeatureSpec& features,
                          OnnxGraph& graph) {
  OnnxTreeNodes nodes;
  for (int64_t tree = 0; tree < model.trees(); ++tree) {
    const int64_t root = model.tree_offsets[tree];
    int64_t next = model.tree_offsets[tree + 1] - root;
    for (int64_t node = root; node < model.tree_offsets[tree + 1]; ++node) {
      const int64_t place = node - root;
      const int64_t feature = model.feature[node];
      if (feature < 0) {
        nodes.AddLeaf(tree, place, (tree == 0 ? model.base_margin : 0.0f) + model.value[node]);
      } else if (model.category_offsets[node + 1] > model.category_offsets[node]) {
        const auto categories = static_cast<int64_t>(features.columns[feature].categories.size());
        AddCategoryNode(model, tree, node, categories, &next, &nodes);
      } else {
        const int64_t at = nodes.Add(tree, place, "BRANCH_LT", feature, model.threshold[node]);
        nodes.Link(at, model.left[node], model.left[node] + 1, model.missing_left[node] != 0);
      }
    }
  }
  if (model.trees() == 0) nodes.AddLeaf(0, 0, model.base_margin);

  const std::vector<std::string> names = OnnxInputNames(features);
  std::vector<std::string> values;
  for (size_t column = 0; column < names.size(); ++column) {
    const FeatureDescription& about = features.columns[column];
    if (about.kind != FeatureKind::kCategory) {
      values.push_back(names[column]);
      continue;
    }
    std::vector<std::string> keys;
    std::vector<float> codes;
    for (size_t code = 0; code < about.categories.size(); ++code) {
      keys.push_back(OnnxText(about.categories[code]));
      codes.push_back(static_cast<float>(code));
    }
    if (keys.empty()) {
      keys.emplace_back();
      codes.push_back(kMissing);
    }
    values.push_back(graph.NewName());
    graph.NodeWithOutputs(
        "LabelEncoder", {names[column]}, {values.back()},
        {{"keys_strings", keys}, {"values_floats", codes}, {"default_float", kMissing}}, kOnnxMl);
  }
  const std::string table = graph.Node("Concat", values, {{"axis", int64_t{1}}});
  const std::string leaves = graph.NewName();
  graph.NodeWithOutputs("TreeEnsembleRegressor", {table}, {leaves}, nodes.Attributes(), kOnnxMl);
  const std::string sums = graph.Node("CumSum", {leaves, graph.Integers({1}, {})});
  const std::string margin = graph.Node(
      "Slice",
      {sums, graph.List({-1}), graph.List({std::numeric_limits<int64_t>::max()}), graph.List({1})});
  return graph.Cast(margin, OnnxType::kDouble);
}

}  // namespace tidewright
