#include "tests/support/random_trees.h"

#include <cmath>
#include <string>
#include <utility>

#include "host/core/random.h"

namespace tidewright {
namespace {

// Draws one after the other.
class Draws {
 public:
  Draws(uint64_t seed, uint64_t stream) : seed_(seed), stream_(stream) {}
  uint32_t Word() { return Philox(seed_, stream_, next_++).word[0]; }
  int64_t Below(int64_t end) { return static_cast<int64_t>(Word() % static_cast<uint32_t>(end)); }
  float Unit() { return UniformFloat(Word()); }
  // Of any magnitude from 1e-6 to 1e6, of either sign.
  float Wide() {
    const float size = std::pow(10.0f, 12.0f * Unit() - 6.0f);
    return Below(2) == 0 ? size : -size;
  }

 private:
  uint64_t seed_;
  uint64_t stream_;
  uint64_t next_ = 0;
};

FeatureDescription Category(const std::string& name, int count) {
  FeatureDescription column{name, FeatureKind::kCategory, {}};
  for (int code = 0; code < count; ++code) {
    column.categories.push_back(name + " " + std::to_string(code));
  }
  return column;
}

void AddNode(TreeEnsemble* model, Draws* draws) {
  model->feature.push_back(-1);
  model->threshold.push_back(0);
  model->left.push_back(0);
  model->missing_left.push_back(0);
  model->value.push_back(draws->Unit() - 0.5f);
  model->gain.push_back(0);
  model->cover.push_back(draws->Unit() * 100);
  model->category_offsets.push_back(model->category_offsets.back());
}

// The words of a set over `categories` codes.
std::vector<uint32_t> RandomSet(int64_t categories, Draws* draws) {
  const int64_t needed = (categories + 31) / 32;
  std::vector<uint32_t> words(static_cast<size_t>(1 + draws->Below(needed)));
  const int64_t shape = draws->Below(8);
  for (uint32_t& word : words) word = shape == 0 ? 0 : shape == 1 ? ~0U : draws->Word();
  return words;
}

}  // namespace

FeatureSpec TreeColumns() {
  FeatureSpec spec;
  spec.columns = {{"tenure", FeatureKind::kNumber, {}},
                  {"senior", FeatureKind::kBoolean, {}},
                  Category("contract", 3),
                  {"charges \"net\" \xe2\x82\xac", FeatureKind::kNumber, {}},
                  Category("region", 32),
                  Category("plan", 70),
                  {"tiny", FeatureKind::kNumber, {}}};
  spec.label_name = "Churn=Yes";
  return spec;
}

TreeEnsemble RandomTrees(int64_t trees, int64_t max_depth, uint64_t seed,
                         const FeatureSpec& columns) {
  Draws draws(seed, 2000);
  TreeEnsemble model;
  model.features = static_cast<int64_t>(columns.columns.size());
  model.base_margin = -1.0986123f;
  for (int64_t tree = 0; tree < trees; ++tree) {
    const int64_t root = model.nodes();
    const int64_t depth_limit = tree < 2 ? tree : 1 + draws.Below(max_depth);
    std::vector<int64_t> depth{0};
    AddNode(&model, &draws);
    for (size_t at = 0; at < depth.size(); ++at) {
      if (depth[at] >= depth_limit || (at > 0 && draws.Below(5) == 0)) continue;
      const int64_t node = root + static_cast<int64_t>(at);
      const int64_t column = draws.Below(model.features);
      const FeatureDescription& asked = columns.columns[static_cast<size_t>(column)];
      model.feature[node] = static_cast<int32_t>(column);
      model.left[node] = static_cast<int32_t>(depth.size());
      model.missing_left[node] = static_cast<uint8_t>(draws.Below(2));
      model.gain[node] = draws.Unit() * 10;
      if (asked.kind == FeatureKind::kNumber) model.threshold[node] = draws.Wide();
      if (asked.kind == FeatureKind::kBoolean) model.threshold[node] = 0.5f;
      if (asked.kind == FeatureKind::kCategory) {
        const std::vector<uint32_t> words =
            RandomSet(static_cast<int64_t>(asked.categories.size()), &draws);
        // Nodes behind this one have no words yet: their offsets move with the end.
        model.category_words.insert(model.category_words.end(), words.begin(), words.end());
        for (size_t i = static_cast<size_t>(node) + 1; i < model.category_offsets.size(); ++i) {
          model.category_offsets[i] = static_cast<int64_t>(model.category_words.size());
        }
      }
      for (int child = 0; child < 2; ++child) {
        AddNode(&model, &draws);
        depth.push_back(depth[at] + 1);
      }
    }
    model.tree_offsets.push_back(model.nodes());
  }
  return model;
}

std::vector<float> RandomRows(const TreeEnsemble& model, const FeatureSpec& columns, int64_t rows,
                              uint64_t seed) {
  Draws draws(seed, 2001);
  std::vector<std::vector<float>> thresholds(columns.columns.size());
  for (int64_t node = 0; node < model.nodes(); ++node) {
    if (model.feature[node] >= 0) thresholds[model.feature[node]].push_back(model.threshold[node]);
  }
  std::vector<float> values;
  for (int64_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns.columns.size(); ++column) {
      const FeatureDescription& described = columns.columns[column];
      const auto& known = thresholds[column];
      float value = draws.Wide();
      if (described.kind == FeatureKind::kBoolean) {
        value = static_cast<float>(draws.Below(2));
      } else if (described.kind == FeatureKind::kCategory) {
        value =
            static_cast<float>(draws.Below(static_cast<int64_t>(described.categories.size()) + 40));
      } else if (!known.empty() && draws.Below(2) == 0) {
        value = known[static_cast<size_t>(draws.Below(static_cast<int64_t>(known.size())))];
      }
      values.push_back(draws.Below(5) == 0 ? kMissing : value);
    }
  }
  return values;
}

float MarginOf(const TreeEnsemble& model, const float* row) {
  float margin = model.base_margin;
  for (int64_t tree = 0; tree < model.trees(); ++tree) {
    margin += model.value[FindLeaf(model, tree, row)];
  }
  return margin;
}

Artifact TreeArtifact(TreeEnsemble model, FeatureSpec columns) {
  Artifact artifact;
  artifact.model = std::move(model);
  artifact.manifest.algorithm = "gbdt";
  artifact.manifest.features = std::move(columns);
  return artifact;
}

}  // namespace tidewright
