#include "host/gbdt/ensemble.h"

#include <algorithm>
#include <string>

#include "host/core/errors.h"
#include "host/core/parallel.h"

namespace tidewright {
namespace {

constexpr int64_t kRowsPerMargin = 8192;  // whose margins a task moves

void AppendNode(const GrownNode& node, const SplitRule& rule, double learning_rate,
                TreeEnsemble* model) {
  model->feature.push_back(-1);
  model->threshold.push_back(0);
  model->left.push_back(0);
  model->missing_left.push_back(0);
  model->value.push_back(LeafValue(rule, node.sums, learning_rate));
  model->gain.push_back(0);
  model->cover.push_back(
      static_cast<float>(static_cast<double>(node.sums.hessian) * rule.hessian_unit));
}

std::vector<uint32_t> WordsOf(const NodeSplit& split, const ColumnBins& bins) {
  std::vector<uint32_t> words((bins.bin_of_code.size() + 31) / 32, 0);
  for (size_t code = 0; code < bins.bin_of_code.size(); ++code) {
    if (split.GoesLeft(bins.bin_of_code[code])) words[code / 32] |= 1U << (code % 32);
  }
  return words;
}

void SetBit(int64_t bin, BinnedNode* node) {
  node->bins_left[bin / 64] |= uint64_t{1} << (bin % 64);
}

BinnedNode BinNode(const TreeEnsemble& model, int64_t node, const std::vector<ColumnBins>& bins) {
  BinnedNode binned;
  binned.column = model.feature[node];
  binned.left = model.left[node];
  binned.value = model.value[node];
  if (binned.column < 0) return binned;
  const ColumnBins& column = bins[binned.column];
  if (model.missing_left[node] != 0) SetBit(column.values, &binned);
  if (!column.category) {
    const auto edge =
        std::lower_bound(column.edges.begin(), column.edges.end(), model.threshold[node]);
    if (edge == column.edges.end() || *edge != model.threshold[node]) {
      throw DataError("the saved trees do not belong to this table: column " +
                      std::to_string(binned.column) + " has no edge at a tree's threshold");
    }
    for (int64_t bin = 0; bin <= edge - column.edges.begin(); ++bin) SetBit(bin, &binned);
    return binned;
  }
  const uint32_t* words = model.category_words.data() + model.category_offsets[node];
  const auto codes =
      static_cast<size_t>(32 * (model.category_offsets[node + 1] - model.category_offsets[node]));
  for (size_t code = 0; code < column.bin_of_code.size(); ++code) {
    const bool goes_left = code < codes ? ((words[code / 32] >> (code % 32)) & 1U) != 0
                                        : model.missing_left[node] != 0;
    if (goes_left) SetBit(column.bin_of_code[code], &binned);
  }
  return binned;
}

}  // namespace

float LeafValue(const SplitRule& rule, const NodeSums& sums, double learning_rate) {
  return static_cast<float>(learning_rate * NodeWeight(rule, sums));
}

void AppendTree(const TreeGrower& grower, const std::vector<ColumnBins>& bins,
                const SplitRule& rule, double learning_rate, TreeEnsemble* model) {
  const std::vector<GrownNode>& nodes = grower.nodes();
  const int64_t root = model->nodes();
  // Children are numbered as their parents are split.
  std::vector<int64_t> place(nodes.size(), 0);
  AppendNode(nodes[0], rule, learning_rate, model);
  int64_t next = 1;
  for (const int32_t parent : grower.splits()) {
    const GrownNode& node = nodes[parent];
    for (int32_t child = node.left; child < node.left + 2; ++child) {
      place[child] = next++;
      AppendNode(nodes[child], rule, learning_rate, model);
    }
    const int64_t at = root + place[parent];
    const ColumnBins& column = bins[node.split.column];
    model->feature[at] = node.split.column;
    model->left[at] = static_cast<int32_t>(place[node.left]);
    model->missing_left[at] = node.split.missing_left ? 1 : 0;
    model->gain[at] = static_cast<float>(node.split.gain);
    if (!column.category) model->threshold[at] = column.edges[node.split.bin];
  }
  // Sets of categories, in the order of the nodes.
  std::vector<int32_t> node_at(static_cast<size_t>(next), -1);
  for (const int32_t parent : grower.splits()) node_at[place[parent]] = parent;
  for (const int32_t node : node_at) {
    if (node >= 0 && bins[nodes[node].split.column].category) {
      const std::vector<uint32_t> words =
          WordsOf(nodes[node].split, bins[nodes[node].split.column]);
      model->category_words.insert(model->category_words.end(), words.begin(), words.end());
    }
    model->category_offsets.push_back(static_cast<int64_t>(model->category_words.size()));
  }
  model->tree_offsets.push_back(model->nodes());
}

std::vector<LeafRange> LeafRanges(const TreeGrower& grower, const SplitRule& rule,
                                  double learning_rate) {
  std::vector<LeafRange> leaves;
  std::vector<int32_t> open = {0};
  while (!open.empty()) {
    const GrownNode& node = grower.nodes()[open.back()];
    open.pop_back();
    if (node.chosen) {
      open.push_back(node.left + 1);
      open.push_back(node.left);
    } else {
      leaves.push_back({node.begin, node.count, LeafValue(rule, node.sums, learning_rate)});
    }
  }
  return leaves;
}

BinnedTree BinTree(const TreeEnsemble& model, int64_t tree, const std::vector<ColumnBins>& bins) {
  BinnedTree binned;
  for (int64_t node = model.tree_offsets[tree]; node < model.tree_offsets[tree + 1]; ++node) {
    binned.push_back(BinNode(model, node, bins));
  }
  return binned;
}

void AddTrees(const std::vector<BinnedTree>& trees, const BinnedTable& table, float* margins) {
  ParallelRanges(table.rows, kRowsPerMargin, [&](int64_t begin, int64_t end, int) {
    for (const BinnedTree& tree : trees) {
      for (int64_t row = begin; row < end; ++row)
        margins[row] += BinnedTreeValue(tree.data(), table.Row(row));
    }
  });
}

}  // namespace tidewright
