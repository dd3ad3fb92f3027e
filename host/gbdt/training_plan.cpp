#include "host/gbdt/training_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/core/parallel.h"
#include "host/core/portable_math.h"
#include "host/core/random.h"

namespace tidewright {
namespace {

constexpr int64_t kBlock = 4096;

PhiloxDraw Draw(const GbdtConfig& config, RandomStream stream, int64_t tree, int64_t index) {
  return Philox(static_cast<uint64_t>(config.seed),
                static_cast<uint64_t>(stream) | static_cast<uint64_t>(tree) << 32,
                static_cast<uint64_t>(index));
}

}  // namespace

std::vector<float> RowWeights(const GbdtConfig& config, const FeatureTable& table) {
  if (table.weight.empty() && config.scale_pos_weight == 1) return {};
  std::vector<float> weight = table.weight;
  if (weight.empty()) weight.assign(static_cast<size_t>(table.rows), 1.0f);
  const auto scale = static_cast<float>(config.scale_pos_weight);
  for (size_t row = 0; row < weight.size(); ++row) {
    if (table.label[row] > 0.5f) weight[row] *= scale;
  }
  return weight;
}

float BaseMargin(const std::vector<float>& label, const std::vector<float>& weight) {
  double sums[2] = {0, 0};
  for (size_t row = 0; row < label.size(); ++row) {
    sums[label[row] > 0.5f ? 1 : 0] += weight.empty() ? 1.0 : weight[row];
  }
  return static_cast<float>(PortableLog(sums[1] / sums[0]));
}

SplitRule RuleOf(const GbdtConfig& config, const Quantum& quantum) {
  SplitRule rule;
  rule.leaf = {config.l1, config.l2, config.min_child_weight};
  rule.gamma = config.gamma;
  rule.gradient_unit = 1.0 / quantum.gradient_scale;
  rule.hessian_unit = 1.0 / quantum.hessian_scale;
  rule.one_hot_max = config.one_hot_max;
  rule.category_smoothing = config.category_smoothing;
  return rule;
}

std::vector<uint8_t> ColumnsAsked(const GbdtConfig& config, int64_t tree, int64_t columns) {
  std::vector<uint8_t> asked(static_cast<size_t>(columns), 1);
  const auto count = std::clamp<int64_t>(
      std::llround(config.column_sample * static_cast<double>(columns)), 1, columns);
  if (count == columns) return asked;
  std::vector<uint32_t> key(asked.size());
  for (int64_t c = 0; c < columns; ++c) {
    key[c] = Draw(config, RandomStream::kTreeColumns, tree, c).word[0];
  }
  std::vector<int64_t> by_key(asked.size());
  std::iota(by_key.begin(), by_key.end(), int64_t{0});
  std::stable_sort(by_key.begin(), by_key.end(),
                   [&key](int64_t a, int64_t b) { return key[a] < key[b]; });
  for (int64_t i = count; i < columns; ++i) asked[by_key[i]] = 0;
  return asked;
}

void SampleRows(const GbdtConfig& config, int64_t tree, int64_t rows,
                AlignedVector<uint32_t>* order) {
  if (config.row_sample >= 1) {
    order->resize(static_cast<size_t>(rows));
    ParallelRanges(rows, 16 * kBlock, [&](int64_t begin, int64_t end, int) {
      std::iota(order->begin() + begin, order->begin() + end, static_cast<uint32_t>(begin));
    });
    return;
  }
  // Each row by a draw of its own: four to a draw of four words.
  const auto limit = static_cast<uint64_t>(config.row_sample * 4294967296.0);
  const int64_t blocks = (rows + kBlock - 1) / kBlock;
  std::vector<std::vector<uint32_t>> chosen(static_cast<size_t>(blocks));
  ParallelBlocks(blocks, [&](int64_t block, int) {
    const int64_t end = std::min(rows, (block + 1) * kBlock);
    for (int64_t row = block * kBlock; row < end; row += 4) {
      const PhiloxDraw draw = Draw(config, RandomStream::kTreeRows, tree, row / 4);
      for (int64_t i = 0; i < std::min<int64_t>(4, end - row); ++i) {
        if (draw.word[i] < limit) chosen[block].push_back(static_cast<uint32_t>(row + i));
      }
    }
  });
  order->clear();
  for (const std::vector<uint32_t>& part : chosen) {
    order->insert(order->end(), part.begin(), part.end());
  }
}

uint32_t RoundingKey(const GbdtConfig& config, int64_t tree) {
  return Draw(config, RandomStream::kTreeRows, tree, -1).word[0];
}

}  // namespace tidewright
