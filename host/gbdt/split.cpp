#include "host/gbdt/split.h"

#include <algorithm>
#include <numeric>

namespace tidewright {
namespace {

// One column of a node: sums by bin as doubles, in integer units (exact below 2^53). Prefix sums
// where `g` and `h` are scanned.
struct ColumnSums {
  double g[kMaxBins];
  double h[kMaxBins];
  double missing_g = 0;
  double missing_h = 0;
};

// What is left of a candidate: its left side, by what it gains.
class Judge {
 public:
  Judge(const SplitRule& rule, const NodeSums& sums, int direction)
      : rule_(rule),
        sums_(sums),
        direction_(direction),
        total_g_(static_cast<double>(sums.gradient) * rule.gradient_unit),
        total_h_(static_cast<double>(sums.hessian) * rule.hessian_unit),
        least_h_(std::max(rule.leaf.min_child_weight, rule.hessian_unit)) {
    parent_score_ = sums.bounded
                        ? LeafScoreAt(total_g_, total_h_, NodeWeight(rule, sums), rule.leaf)
                        : LeafScore(total_g_, total_h_, rule.leaf);
  }

  // The score of both children with these left sums, in integer units; below 0 where the split may
  // not be.
  double Score(double left_g, double left_h) const {
    const double lg = left_g * rule_.gradient_unit;
    const double lh = left_h * rule_.hessian_unit;
    const double rg = total_g_ - lg;
    const double rh = total_h_ - lh;
    const double score = ChildrenScore(lg, lh, rg, rh, rule_.leaf);
    return lh >= least_h_ && rh >= least_h_ ? score : -1.0;
  }

  double BoundedScore(double left_g, double left_h) const {
    if (Score(left_g, left_h) < 0) return -1;
    const NodeSums left = LeftOf(left_g, left_h);
    const NodeSums right = RightOf(left_g, left_h);
    const double left_weight = NodeWeight(rule_, left);
    const double right_weight = NodeWeight(rule_, right);
    if (direction_ * (right_weight - left_weight) < 0) return -1;
    const double lg = left_g * rule_.gradient_unit;
    const double lh = left_h * rule_.hessian_unit;
    return LeafScoreAt(lg, lh, left_weight, rule_.leaf) +
           LeafScoreAt(total_g_ - lg, total_h_ - lh, right_weight, rule_.leaf);
  }

  bool bounded() const { return sums_.bounded; }
  double GainOf(double score) const { return 0.5 * (score - parent_score_); }
  double LeastScore(const NodeSplit& best) const {
    return best.column < 0 ? rule_.least_gain : best.gain;
  }
  bool MissingLeftByWeight(double left_h) const {
    return 2 * left_h >= static_cast<double>(sums_.hessian);
  }

 private:
  NodeSums LeftOf(double left_g, double left_h) const {
    NodeSums left = sums_;
    left.gradient = static_cast<int64_t>(left_g);
    left.hessian = static_cast<int64_t>(left_h);
    return left;
  }
  NodeSums RightOf(double left_g, double left_h) const {
    NodeSums right = sums_;
    right.gradient -= static_cast<int64_t>(left_g);
    right.hessian -= static_cast<int64_t>(left_h);
    return right;
  }

  const SplitRule& rule_;
  const NodeSums& sums_;
  int direction_;
  double total_g_;
  double total_h_;
  double least_h_;
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
  for (int32_t b = 0; b < values; ++b) {
    sums->g[b] = static_cast<double>(static_cast<int32_t>(PackedGradient(words[b])));
    sums->h[b] = static_cast<double>(static_cast<int32_t>(PackedHessian(words[b])));
  }
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
  int64_t prefix[kMaxBins];
  int64_t sum = 0;
  for (int32_t b = 0; b < values; ++b) prefix[b] = sum += words[b];
  for (int32_t b = 0; b < values; ++b) {
    sums->g[b] = static_cast<double>(static_cast<int32_t>(prefix[b] >> 32));
    sums->h[b] = static_cast<double>(static_cast<int32_t>(prefix[b]));
  }
  sums->missing_g = static_cast<double>(PackedGradient(words[values]));
  sums->missing_h = static_cast<double>(PackedHessian(words[values]));
}

struct Candidate {
  double score = 0;
  int32_t index = -1;
  bool missing_left = false;
};

// Candidates 0 .. count - 1: the left side is sums.g[i], sums.h[i], and the missing rows where
// `missing_left`.
void Scan(const Judge& judge, const ColumnSums& sums, int32_t count, bool missing_left,
          Candidate* best) {
  const double more_g = missing_left ? sums.missing_g : 0;
  const double more_h = missing_left ? sums.missing_h : 0;
  double scores[kMaxBins];
  if (judge.bounded()) {
    for (int32_t i = 0; i < count; ++i) {
      scores[i] = judge.BoundedScore(sums.g[i] + more_g, sums.h[i] + more_h);
    }
  } else {
    for (int32_t i = 0; i < count; ++i) {
      scores[i] = judge.Score(sums.g[i] + more_g, sums.h[i] + more_h);
    }
  }
  for (int32_t i = 0; i < count; ++i) {
    if (best->index < 0 ? scores[i] >= 0 : scores[i] > best->score) {
      *best = {scores[i], i, missing_left};
    }
  }
}

// Whether the candidate beats the best split so far; its sums and gain are then put there.
bool Take(const Judge& judge, const ColumnSums& sums, const Candidate& candidate, int32_t column,
          NodeSplit* best) {
  if (candidate.index < 0) return false;
  const double gain = judge.GainOf(candidate.score);
  if (!(gain > judge.LeastScore(*best))) return false;
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
  Candidate candidate;
  Scan(judge, sums, count, false, &candidate);
  if (any_missing) Scan(judge, sums, bins.values - 1, true, &candidate);
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
  Candidate candidate;
  // All that are seen against the missing ones is the last of the ordered splits.
  Scan(judge, sums, count - (one_hot || any_missing ? 0 : 1), false, &candidate);
  if (any_missing) Scan(judge, sums, count - (one_hot ? 0 : 1), true, &candidate);
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
