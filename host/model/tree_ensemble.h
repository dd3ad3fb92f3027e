#ifndef TIDEWRIGHT_HOST_MODEL_TREE_ENSEMBLE_H_
#define TIDEWRIGHT_HOST_MODEL_TREE_ENSEMBLE_H_

#include <cstdint>
#include <vector>

namespace tidewright {

// Decision trees whose leaves add up to log-odds: margin(x) = base_margin + the sum over trees, in
// their order and in float, of the leaf that x falls into; probability = 1 / (1 + exp(-margin)).
//
// Nodes lie in arrays, tree after tree, each tree's root first; the children of a node stand side
// by side, after it. A node asks one column of the table:
// - a number or boolean: x < threshold goes left;
// - a category: a code in the node's set goes left. The set is a bit a code, in
//   category_words[category_offsets[node] .. category_offsets[node + 1]); empty for other nodes;
// - a missing value, or a category beyond the set's words: left where missing_left is 1.
struct TreeEnsemble {
  int64_t features = 0;
  float base_margin = 0;
  std::vector<int64_t> tree_offsets{0};      // trees + 1: tree t has nodes [t] .. [t + 1]
  std::vector<int32_t> feature;              // -1: a leaf
  std::vector<float> threshold;              // 0 where the node asks none
  std::vector<int32_t> left;                 // within the tree; right = left + 1; 0 for a leaf
  std::vector<uint8_t> missing_left;         // 0 or 1
  std::vector<float> value;                  // of a leaf: what it adds, learning rate included; of
                                             // another node: what it would add as a leaf
  std::vector<float> gain;                   // of the split; 0 for a leaf
  std::vector<float> cover;                  // sum of hessians of the training rows that came here
  std::vector<int64_t> category_offsets{0};  // nodes + 1
  std::vector<uint32_t> category_words;

  int64_t trees() const { return static_cast<int64_t>(tree_offsets.size()) - 1; }
  int64_t nodes() const { return static_cast<int64_t>(feature.size()); }
};

// The leaf of tree `tree` for a row, as an index into the arrays; `x` holds `features` values, NaN
// where missing.
inline int64_t FindLeaf(const TreeEnsemble& model, int64_t tree, const float* x) {
  const int64_t root = model.tree_offsets[tree];
  int64_t node = root;
  while (model.feature[node] >= 0) {
    const float value = x[model.feature[node]];
    const int64_t words = model.category_offsets[node + 1] - model.category_offsets[node];
    bool goes_left = model.missing_left[node] != 0;
    if (value == value) {
      if (words == 0) {
        goes_left = value < model.threshold[node];
      } else if (value < static_cast<float>(words * 32)) {
        const auto code = static_cast<int64_t>(value);
        const uint32_t word = model.category_words[model.category_offsets[node] + code / 32];
        goes_left = ((word >> (code % 32)) & 1U) != 0;
      }
    }
    node = root + model.left[node] + (goes_left ? 0 : 1);
  }
  return node;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_TREE_ENSEMBLE_H_
