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

// The candidate splits of one node by one column.
class Judge {
 public:
  Judge(const SplitRule& rule, const NodeSums& node, int direction)
      : rule_(rule), node_(node), terms_(TermsOf(rule, node, direction)) {}

  // As ScanKernel, with the leaves within the node's bounds.
  Candidate Scan(const ColumnSums& sums, int32_t count, int32_t count_missing_left) const {
    if (!node_.bounded) {
      return HWY_DYNAMIC_DISPATCH(ScanKernel)(sums, count, count_missing_left, rule_, terms_);
    }
    Candidate best;
    for (int32_t i = 0; i < count; ++i) Consider(i, sums.g[i], sums.h[i], false, &best);
    for (int32_t i = 0; i < count_missing_left; ++i) {
      Consider(i, sums.g[i] + sums.missing_g, sums.h[i] + sums.missing_h, true, &best);
    }
    return best;
  }

  const SplitRule& rule() const { return rule_; }
  const NodeSums& node() const { return node_; }
  const ScanTerms& terms() const { return terms_; }

 private:
  void Consider(int32_t index, double left_g, double left_h, bool missing_left,
                Candidate* best) const {
    const double score = CandidateScore(rule_, node_, terms_, left_g, left_h);
    if (score > best->score) *best = {score, index, missing_left};
  }

  const SplitRule& rule_;
  const NodeSums& node_;
  ScanTerms terms_;
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
  double gain = 0;
  if (!BeatsSplit(judge.rule(), judge.terms(), candidate.score, *best, &gain)) return false;
  const double left_h = sums.h[candidate.index];
  *best = NodeSplit();
  best->gain = gain;
  best->column = column;
  best->bin = candidate.index;
  const bool any_missing = sums.missing_g != 0 || sums.missing_h != 0;
  best->missing_left =
      any_missing ? candidate.missing_left : MissingLeftByWeight(judge.node(), left_h);
  best->left_gradient = static_cast<int64_t>(sums.g[candidate.index]);
  best->left_hessian = static_cast<int64_t>(left_h);
  if (any_missing && candidate.missing_left) {
    best->left_gradient += static_cast<int64_t>(sums.missing_g);
    best->left_hessian += static_cast<int64_t>(sums.missing_h);
  }
  return true;
}

void SetBit(int32_t bin, NodeSplit* split) {
  split->bins_left[bin / 64] |= uint64_t{1} << (bin % 64);
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
      ratio[b] = CategoryRatio(rule, by_bin.g[b], by_bin.h[b]);
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
