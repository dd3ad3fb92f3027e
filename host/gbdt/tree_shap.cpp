#include <algorithm>
#include <cstdint>
#include <vector>

#include "host/core/parallel.h"
#include "host/gbdt/gbdt.h"

namespace tidewright {
namespace {

// A feature on the way from the root: the share of rows that goes this way where the feature is not
// known, and where it is (1 or 0); `weight` of all subsets of as many features as its place says.
struct PathStep {
  int32_t feature = -1;
  double unknown = 1;
  double known = 1;
  double weight = 0;
};

// EXTEND of algorithm 2: the path of `length` steps gets one more.
void Extend(PathStep* path, int length, const PathStep& step) {
  path[length] = step;
  path[length].weight = length == 0 ? 1 : 0;
  for (int i = length - 1; i >= 0; --i) {
    path[i + 1].weight += step.known * path[i].weight * (i + 1) / (length + 1);
    path[i].weight = step.unknown * path[i].weight * (length - i) / (length + 1);
  }
}

// UNWIND: takes the step at `index` out of a path whose last step is at `last`.
void Unwind(PathStep* path, int last, int index) {
  const PathStep out = path[index];
  double next = path[last].weight;
  for (int i = last - 1; i >= 0; --i) {
    if (out.known != 0) {
      const double before = path[i].weight;
      path[i].weight = next * (last + 1) / ((i + 1) * out.known);
      next = before - path[i].weight * out.unknown * (last - i) / (last + 1);
    } else {
      path[i].weight = path[i].weight * (last + 1) / (out.unknown * (last - i));
    }
  }
  for (int i = index; i < last; ++i) {
    path[i].feature = path[i + 1].feature;
    path[i].unknown = path[i + 1].unknown;
    path[i].known = path[i + 1].known;
  }
}

// The sum of the weights that UNWIND would leave.
double UnwoundSum(const PathStep* path, int last, int index) {
  const PathStep& out = path[index];
  double next = path[last].weight;
  double sum = 0;
  for (int i = last - 1; i >= 0; --i) {
    if (out.known != 0) {
      const double part = next / ((i + 1) * out.known);
      sum += part;
      next = path[i].weight - part * out.unknown * (last - i);
    } else {
      sum += path[i].weight / (out.unknown * (last - i));
    }
  }
  return sum * (last + 1);
}

// Where the node sends the row: FindLeaf's rule, one step.
int64_t HotChild(const TreeEnsemble& model, int64_t root, int64_t node, const float* x) {
  const float value = x[model.feature[node]];
  const int64_t words = model.category_offsets[node + 1] - model.category_offsets[node];
  bool goes_left = model.missing_left[node] != 0;
  if (value == value && words == 0) {
    goes_left = value < model.threshold[node];
  } else if (value == value && value < static_cast<float>(words * 32)) {
    const auto code = static_cast<int64_t>(value);
    const uint32_t word = model.category_words[model.category_offsets[node] + code / 32];
    goes_left = ((word >> (code % 32)) & 1U) != 0;
  }
  return root + model.left[node] + (goes_left ? 0 : 1);
}

// The share of the training rows at `child`'s parent that came to `child`.
double Share(const TreeEnsemble& model, int64_t child, int64_t sibling) {
  const double both =
      static_cast<double>(model.cover[child]) + static_cast<double>(model.cover[sibling]);
  return both > 0 ? model.cover[child] / both : 0.5;
}

struct TreeWalk {
  const TreeEnsemble& model;
  int64_t root;
  const float* x;
  double* shap;

  // `path`: `length` steps, and behind them room for the copies of the children.
  void Visit(int64_t node, PathStep* path, int length, const PathStep& step) {
    Extend(path, length, step);
    const int last = length;
    if (model.feature[node] < 0) {
      for (int i = 1; i <= last; ++i) {
        shap[path[i].feature] +=
            UnwoundSum(path, last, i) * (path[i].known - path[i].unknown) * model.value[node];
      }
      return;
    }
    const int64_t hot = HotChild(model, root, node, x);
    const int64_t left = root + model.left[node];
    const int64_t cold = hot == left ? left + 1 : left;
    PathStep child;
    child.feature = model.feature[node];
    int steps = last + 1;
    for (int i = 1; i <= last; ++i) {
      if (path[i].feature != child.feature) continue;
      child.unknown = path[i].unknown;
      child.known = path[i].known;
      Unwind(path, last, i);
      --steps;
      break;
    }
    Descend(hot, path, steps, child, Share(model, hot, cold), 1);
    Descend(cold, path, steps, child, Share(model, cold, hot), 0);
  }

  void Descend(int64_t node, PathStep* path, int steps, PathStep step, double share, double known) {
    step.unknown *= share;
    step.known *= known;
    if (step.unknown == 0 && step.known == 0) return;
    PathStep* copy = path + steps;
    std::copy(path, path + steps, copy);
    Visit(node, copy, steps, step);
  }
};

int DepthOf(const TreeEnsemble& model, int64_t tree) {
  const int64_t root = model.tree_offsets[tree];
  std::vector<int> depth(static_cast<size_t>(model.tree_offsets[tree + 1] - root), 0);
  int deepest = 0;
  // Children stand after their parents.
  for (size_t node = 0; node < depth.size(); ++node) {
    deepest = std::max(deepest, depth[node]);
    const int64_t at = root + static_cast<int64_t>(node);
    if (model.feature[at] < 0) continue;
    depth[static_cast<size_t>(model.left[at])] = depth[node] + 1;
    depth[static_cast<size_t>(model.left[at]) + 1] = depth[node] + 1;
  }
  return deepest;
}

// The mean of a tree's leaves by how many rows came there.
double ExpectedValue(const TreeEnsemble& model, int64_t tree) {
  const int64_t root = model.tree_offsets[tree];
  const int64_t nodes = model.tree_offsets[tree + 1] - root;
  std::vector<double> expected(static_cast<size_t>(nodes));
  for (int64_t node = nodes - 1; node >= 0; --node) {
    const int64_t at = root + node;
    expected[node] = model.value[at];
    if (model.feature[at] < 0) continue;
    const int64_t left = model.left[at];
    const double share = Share(model, root + left, root + left + 1);
    expected[node] = share * expected[left] + (1 - share) * expected[left + 1];
  }
  return expected[0];
}

}  // namespace

std::vector<double> TreeShap(const TreeEnsemble& model, const FeatureTable& table) {
  const int64_t width = model.features + 1;
  std::vector<double> shap(static_cast<size_t>(table.rows * width), 0.0);
  double expected = model.base_margin;
  int64_t deepest = 0;
  for (int64_t tree = 0; tree < model.trees(); ++tree) {
    expected += ExpectedValue(model, tree);
    deepest = std::max<int64_t>(deepest, DepthOf(model, tree));
  }
  const int64_t steps = (deepest + 2) * (deepest + 3);
  ParallelRanges(table.rows, 16, [&](int64_t begin, int64_t end, int) {
    std::vector<PathStep> path(static_cast<size_t>(steps));
    std::vector<float> x(static_cast<size_t>(model.features));
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t c = 0; c < model.features; ++c) x[c] = table.columns[c].values[row];
      double* out = shap.data() + row * width;
      for (int64_t tree = 0; tree < model.trees(); ++tree) {
        const int64_t root = model.tree_offsets[tree];
        TreeWalk walk{model, root, x.data(), out};
        walk.Visit(root, path.data(), 0, PathStep());
      }
      out[model.features] = expected;
    }
  });
  return shap;
}

}  // namespace tidewright
