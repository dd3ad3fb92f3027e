#include <algorithm>

#include "host/core/parallel.h"
#include "host/gbdt/gbdt.h"

namespace tidewright {

std::vector<float> TreeMargins(const TreeEnsemble& model, const FeatureTable& table) {
  constexpr int64_t kTreeRows = 64;
  std::vector<float> margins(static_cast<size_t>(table.rows), model.base_margin);
  ParallelRanges(table.rows, 16 * kTreeRows, [&](int64_t begin, int64_t end, int) {
    std::vector<float> rows(static_cast<size_t>(kTreeRows * model.features));
    for (int64_t first = begin; first < end; first += kTreeRows) {
      const int64_t count = std::min(kTreeRows, end - first);
      for (int64_t c = 0; c < model.features; ++c) {
        const float* values = table.columns[c].values.data() + first;
        for (int64_t i = 0; i < count; ++i) rows[i * model.features + c] = values[i];
      }
      for (int64_t tree = 0; tree < model.trees(); ++tree) {
        for (int64_t i = 0; i < count; ++i) {
          const int64_t leaf = FindLeaf(model, tree, rows.data() + i * model.features);
          margins[first + i] += model.value[leaf];
        }
      }
    }
  });
  return margins;
}

std::vector<FeatureImportance> ImportanceOf(const TreeEnsemble& model) {
  std::vector<FeatureImportance> importance(static_cast<size_t>(model.features));
  for (int64_t node = 0; node < model.nodes(); ++node) {
    if (model.feature[node] < 0) continue;
    FeatureImportance& of = importance[model.feature[node]];
    of.gain += model.gain[node];
    of.cover += model.cover[node];
    ++of.splits;
  }
  return importance;
}

}  // namespace tidewright
