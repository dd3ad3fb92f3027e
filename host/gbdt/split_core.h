#ifndef TIDEWRIGHT_HOST_GBDT_SPLIT_CORE_H_
#define TIDEWRIGHT_HOST_GBDT_SPLIT_CORE_H_

#include <cstdint>

#include "host/core/host_device.h"
#include "host/gbdt/gbdt_core.h"

namespace tidewright {

// What every split of a tree is judged by.
struct SplitRule {
  LeafRule leaf;
  double gamma = 0;          // a split must gain more
  double gradient_unit = 1;  // a sum in real units = integer * unit
  double hessian_unit = 1;
  int64_t one_hot_max = 4;
  double category_smoothing = 10;
};

// The rows of a node, and what the leaves below it may be worth (monotone constraints).
struct NodeSums {
  int64_t gradient = 0;
  int64_t hessian = 0;
  double low = -1e300;
  double high = 1e300;
  bool bounded = false;  // some constraint is in force: `low` and `high` count
};

// A node's best split so far: of equal ones the first by (column, bin) stays.
struct NodeSplit {
  double gain = 0;
  int32_t column = -1;  // -1: none
  int32_t bin = 0;      // numbers: bins 0 .. bin go left
  bool missing_left = false;
  uint64_t bins_left[4] = {};  // a bit a bin, the missing one included
  int64_t left_gradient = 0;
  int64_t left_hessian = 0;

  TIDEWRIGHT_HOST_DEVICE bool GoesLeft(int bin_of_row) const {
    return ((bins_left[bin_of_row / 64] >> (bin_of_row % 64)) & 1) != 0;
  }
};

TIDEWRIGHT_HOST_DEVICE inline double BoundedWeight(const SplitRule& rule, const NodeSums& node,
                                                   double g, double h) {
  const double weight = LeafWeight(g, h, rule.leaf);
  if (!node.bounded) return weight;
  const double risen = weight < node.low ? node.low : weight;
  return risen > node.high ? node.high : risen;
}

// The best value of a leaf with these sums, within its bounds; before the learning rate.
TIDEWRIGHT_HOST_DEVICE inline double NodeWeight(const SplitRule& rule, const NodeSums& node) {
  return BoundedWeight(rule, node, static_cast<double>(node.gradient) * rule.gradient_unit,
                       static_cast<double>(node.hessian) * rule.hessian_unit);
}

// What the candidate splits of one node by one column have in common; sums in real units.
struct ScanTerms {
  double total_g = 0;
  double total_h = 0;
  double least_h = 0;       // of a child
  double parent_score = 0;  // of the node as a leaf
  int direction = 0;        // the column's monotone constraint
};

TIDEWRIGHT_HOST_DEVICE inline ScanTerms TermsOf(const SplitRule& rule, const NodeSums& node,
                                                int direction) {
  ScanTerms terms;
  terms.total_g = static_cast<double>(node.gradient) * rule.gradient_unit;
  terms.total_h = static_cast<double>(node.hessian) * rule.hessian_unit;
  const double least = rule.leaf.min_child_weight;
  terms.least_h = least > rule.hessian_unit ? least : rule.hessian_unit;
  terms.parent_score =
      node.bounded ? LeafScoreAt(terms.total_g, terms.total_h, NodeWeight(rule, node), rule.leaf)
                   : LeafScore(terms.total_g, terms.total_h, rule.leaf);
  terms.direction = direction;
  return terms;
}

inline constexpr double kNoScore = -1e300;

// The score of both children where the left one has these sums, in integer units; kNoScore where
// they may not be.
TIDEWRIGHT_HOST_DEVICE inline double CandidateScore(const SplitRule& rule, const NodeSums& node,
                                                    const ScanTerms& terms, double left_g,
                                                    double left_h) {
  const double lg = left_g * rule.gradient_unit;
  const double lh = left_h * rule.hessian_unit;
  const double rg = terms.total_g - lg;
  const double rh = terms.total_h - lh;
  if (lh < terms.least_h || rh < terms.least_h) return kNoScore;
  if (!node.bounded) return ChildrenScore(lg, lh, rg, rh, rule.leaf);
  const double left_weight = BoundedWeight(rule, node, lg, lh);
  const double right_weight = BoundedWeight(rule, node, rg, rh);
  if (terms.direction * (right_weight - left_weight) < 0) return kNoScore;
  return LeafScoreAt(lg, lh, left_weight, rule.leaf) + LeafScoreAt(rg, rh, right_weight, rule.leaf);
}

// Whether the best candidate of a further column beats the node's best split so far; `gain` is then
// what it gains.
TIDEWRIGHT_HOST_DEVICE inline bool BeatsSplit(const SplitRule& rule, const ScanTerms& terms,
                                              double score, const NodeSplit& best, double* gain) {
  *gain = 0.5 * (score - terms.parent_score);
  return *gain > (best.column < 0 ? rule.gamma : best.gain) && *gain > kLeastGain * score;
}

// What categories are ordered by, from a category's sums in integer units.
TIDEWRIGHT_HOST_DEVICE inline double CategoryRatio(const SplitRule& rule, double g, double h) {
  return g * rule.gradient_unit / (h * rule.hessian_unit + rule.category_smoothing);
}

// Where missing values go that no row of the node has: to the heavier child.
TIDEWRIGHT_HOST_DEVICE inline bool MissingLeftByWeight(const NodeSums& node, double left_h) {
  return 2 * left_h >= static_cast<double>(node.hessian);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_GBDT_SPLIT_CORE_H_
