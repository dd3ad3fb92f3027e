#define HWY_DISABLED_TARGETS HWY_SSSE3
#define HWY_TARGET_INCLUDE "host/gbdt/split_kernels-inl.h"
#include "host/gbdt/split.h"

#include <hwy/foreach_target.h>

#include <algorithm>

#include "host/gbdt/split_kernels-inl.h"
#include "host/gbdt/split_scan.h"

namespace tidewright {

HWY_EXPORT(UnpackKernel);
HWY_EXPORT(ScanKernel);

namespace {

// What the candidate splits of one node and column are judged by.
class Judge {
 public:
  Judge(const SplitRule& rule, const NodeSums& sums, int direction)
      : rule_(rule), sums_(sums), direction_(direction) {
    terms_.gradient_unit = rule.gradient_unit;
    terms_.hessian_unit = rule.hessian_unit;
    terms_.total_g = static_cast<double>(sums.gradient) * rule.gradient_unit;
    terms_.total_h = static_cast<double>(sums.hessian) * rule.hessian_unit;
    terms_.least_h = std::max(rule.leaf.min_child_weight, rule.hessian_unit);
    terms_.l1 = rule.leaf.l1;
    terms_.l2 = rule.leaf.l2;
    parent_score_ = sums.bounded ? LeafScoreAt(terms_.total_g, terms_.total_h,
                                               NodeWeight(rule, sums), rule.leaf)
                                 : LeafScore(terms_.total_g, terms_.total_h, rule.leaf);
  }

  // As ScanKernel, with the leaves within the node's bounds.
  Candidate Scan(const ColumnSums& sums, int32_t count, int32_t count_missing_left) const {
    if (!sums_.bounded) {
      return HWY_DYNAMIC_DISPATCH(ScanKernel)(sums, count, count_missing_left, terms_);
    }
    Candidate best;
    for (int32_t i = 0; i < count; ++i) Consider(i, sums.g[i], sums.h[i], false, &best);
    for (int32_t i = 0; i < count_missing_left; ++i) {
      Consider(i, sums.g[i] + sums.missing_g, sums.h[i] + sums.missing_h, true, &best);
    }
    return best;
  }

  double GainOf(double score) const { return 0.5 * (score - parent_score_); }
  double LeastGain(const NodeSplit& best) const {
    return best.column < 0 ? rule_.gamma : best.gain;
  }
  bool MissingLeftByWeight(double left_h) const {
    return 2 * left_h >= static_cast<double>(sums_.hessian);
  }

 private:
  void Consider(int32_t index, double left_g, double left_h, bool missing_left,
                Candidate* best) const {
    NodeSums left = sums_;
    left.gradient = static_cast<int64_t>(left_g);
    left.hessian = static_cast<int64_t>(left_h);
    NodeSums right = sums_;
    right.gradient -= left.gradient;
    right.hessian -= left.hessian;
    const double left_weight = NodeWeight(rule_, left);
    const double right_weight = NodeWeight(rule_, right);
    const double lg = left_g * rule_.gradient_unit;
    const double lh = left_h * rule_.hessian_unit;
    const double rg = terms_.total_g - lg;
    const double rh = terms_.total_h - lh;
    if (lh < terms_.least_h || rh < terms_.least_h) return;
    if (direction_ * (right_weight - left_weight) < 0) return;
    const double score = LeafScoreAt(lg, lh, left_weight, rule_.leaf) +
                         LeafScoreAt(rg, rh, right_weight, rule_.leaf);
    if (best->index < 0 || score > best->score) *best = {score, index, missing_left};
  }

  const SplitRule& rule_;
  const NodeSums& sums_;
  int direction_;
  ScanTerms terms_;
  double parent_score_ = 0;
};

// Sums by bin; missing apart.
void LoadBins(const Histogram& histogram, int64_t column, int32_t values, ColumnSums* sums) {
  if (histogram.wide) {
    const int64_t* g = histogram.words.data() + column * 2 * kMaxBins;
    const int64_t* h = g + kMaxBins;
    for (int32_t b = 0; b < values; ++b) {
      sums->g[b] = static_cast<double>(g[b]);
      sums->h[b] = static_cast<double>(h[b]);
    }
    sums->missing_g = static_cast<double>(g[values]);
    sums->missing_h = static_cast<double>(h[values]);
    return;
  }
  const int64_t* words = histogram.words.data() + column * kMaxBins;
  HWY_DYNAMIC_DISPATCH(UnpackKernel)(words, values, sums->g, sums->h);
  sums->missing_g = static_cast<double>(PackedGradient(words[values]));
  sums->missing_h = static_cast<double>(PackedHessian(words[values]));
}

// The same, summed up from bin 0.
void LoadPrefix(const Histogram& histogram, int64_t column, int32_t values, ColumnSums* sums) {
  if (histogram.wide) {
    LoadBins(histogram, column, values, sums);
    for (int32_t b = 1; b < values; ++b) {
      sums->g[b] += sums->g[b - 1];
      sums->h[b] += sums->h[b - 1];
    }
    return;
  }
  // Packed words add up as they are.
  const int64_t* words = histogram.words.data() + column * kMaxBins;
  int64_t prefix[kMaxBins + 8];
  int64_t sum = 0;
  for (int32_t b = 0; b < values; ++b) prefix[b] = sum += words[b];
  for (int32_t b = values; b < values + 8; ++b) prefix[b] = 0;
  HWY_DYNAMIC_DISPATCH(UnpackKernel)(prefix, values, sums->g, sums->h);
  sums->missing_g = static_cast<double>(PackedGradient(words[values]));
  sums->missing_h = static_cast<double>(PackedHessian(words[values]));
}

// Whether the candidate beats the best split so far; its sums and gain are then put there.
bool Take(const Judge& judge, const ColumnSums& sums, const Candidate& candidate, int32_t column,
          NodeSplit* best) {
  if (candidate.index < 0) return false;
  const double gain = judge.GainOf(candidate.score);
  if (!(gain > judge.LeastGain(*best) && gain > kLeastGain * candidate.score)) return false;
  const double left_h = sums.h[candidate.index];
  *best = NodeSplit();
  best->gain = gain;
  best->column = column;
  best->bin = candidate.index;
  const bool any_missing = sums.missing_g != 0 || sums.missing_h != 0;
  best->missing_left = any_missing ? candidate.missing_left : judge.MissingLeftByWeight(left_h);
  best->left_gradient = static_cast<int64_t>(sums.g[candidate.index]);
  best->left_hessian = static_cast<int64_t>(left_h);
  if (any_missing && candidate.missing_left) {
    best->left_gradient += static_cast<int64_t>(sums.missing_g);
    best->left_hessian += static_cast<int64_t>(sums.missing_h);
  }
  return true;
}

void SetBit(int32_t bin, NodeSplit* split) {
  split->bins_left[static_cast<size_t>(bin / 64)] |= uint64_t{1} << (bin % 64);
}

void FindNumberSplit(const Judge& judge, const ColumnBins& bins, int32_t column,
                     const Histogram& histogram, NodeSplit* best) {
  ColumnSums sums;
  LoadPrefix(histogram, column, bins.values, &sums);
  const bool any_missing = sums.missing_g != 0 || sums.missing_h != 0;
  // The last edge has all values on its left: a split of those against the missing ones.
  const int32_t count = bins.values - (any_missing && bins.last_edge_splits ? 0 : 1);
  const Candidate candidate = judge.Scan(sums, count, any_missing ? bins.values - 1 : 0);
  if (!Take(judge, sums, candidate, column, best)) return;
  for (int32_t b = 0; b <= best->bin; ++b) SetBit(b, best);
  if (best->missing_left) SetBit(bins.values, best);
}

void FindCategorySplit(const SplitRule& rule, const Judge& judge, const ColumnBins& bins,
                       int32_t column, const Histogram& histogram, NodeSplit* best) {
  ColumnSums by_bin;
  LoadBins(histogram, column, bins.values, &by_bin);
  const bool any_missing = by_bin.missing_g != 0 || by_bin.missing_h != 0;
  int32_t seen[kMaxBins];
  int32_t count = 0;
  for (int32_t b = 0; b < bins.values; ++b) {
    if (by_bin.g[b] != 0 || by_bin.h[b] != 0) seen[count++] = b;
  }
  const bool one_hot = bins.values <= rule.one_hot_max;
  ColumnSums sums;
  sums.missing_g = by_bin.missing_g;
  sums.missing_h = by_bin.missing_h;
  if (!one_hot) {
    double ratio[kMaxBins];
    for (int32_t i = 0; i < count; ++i) {
      const int32_t b = seen[i];
      ratio[b] = by_bin.g[b] * rule.gradient_unit /
                 (by_bin.h[b] * rule.hessian_unit + rule.category_smoothing);
    }
    std::sort(seen, seen + count, [&ratio](int32_t a, int32_t b) {
      return ratio[a] < ratio[b] || (ratio[a] == ratio[b] && a < b);
    });
  }
  double g = 0;
  double h = 0;
  for (int32_t i = 0; i < count; ++i) {
    g = by_bin.g[seen[i]] + (one_hot ? 0 : g);
    h = by_bin.h[seen[i]] + (one_hot ? 0 : h);
    sums.g[i] = g;
    sums.h[i] = h;
  }
  // All that are seen against the missing ones is the last of the ordered splits.
  const Candidate candidate =
      judge.Scan(sums, std::max(count - (one_hot || any_missing ? 0 : 1), 0),
                 any_missing ? std::max(count - (one_hot ? 0 : 1), 0) : 0);
  if (!Take(judge, sums, candidate, column, best)) return;
  for (int32_t i = one_hot ? best->bin : 0; i <= best->bin; ++i) SetBit(seen[i], best);
  // Categories that no row of the node has go where missing values go.
  if (!best->missing_left) return;
  for (int32_t b = 0; b < bins.values; ++b) {
    if (by_bin.g[b] == 0 && by_bin.h[b] == 0) SetBit(b, best);
  }
  SetBit(bins.values, best);
}

}  // namespace

double NodeWeight(const SplitRule& rule, const NodeSums& sums) {
  const double weight =
      LeafWeight(static_cast<double>(sums.gradient) * rule.gradient_unit,
                 static_cast<double>(sums.hessian) * rule.hessian_unit, rule.leaf);
  return sums.bounded ? std::clamp(weight, sums.low, sums.high) : weight;
}

void FindSplit(const SplitRule& rule, const NodeSums& sums, const ColumnBins& bins, int32_t column,
               int direction, const Histogram& histogram, NodeSplit* best) {
  const Judge judge(rule, sums, direction);
  if (bins.category) {
    FindCategorySplit(rule, judge, bins, column, histogram, best);
  } else {
    FindNumberSplit(judge, bins, column, histogram, best);
  }
}

}  // namespace tidewright
