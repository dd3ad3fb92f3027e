// Included once for every instruction set by split.cpp (Highway's foreach_target): no include guard
// on purpose.
#include <hwy/highway.h>

#include <cstdint>

#include "host/gbdt/split_scan.h"

HWY_BEFORE_NAMESPACE();
namespace tidewright {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;

// Packed words as doubles: the halves become the mantissas of numbers around 2^52.
void UnpackKernel(const int64_t* words, int64_t count, double* g, double* h) {
  const Doubles d;
  const hn::RebindToUnsigned<Doubles> du;
  const auto exponent = hn::Set(du, uint64_t{0x4330000000000000});
  const auto low_half = hn::Set(du, uint64_t{0xFFFFFFFF});
  const auto sign = hn::Set(du, uint64_t{0x8000000000000000});
  const auto h_zero = hn::Set(d, 4503599627370496.0);
  const auto g_zero = hn::Set(d, 4503599627370496.0 + 2147483648.0);
  for (int64_t i = 0; i < count; i += static_cast<int64_t>(hn::Lanes(d))) {
    const auto word = hn::LoadU(du, reinterpret_cast<const uint64_t*>(words) + i);
    const auto low = hn::Or(hn::And(word, low_half), exponent);
    const auto high = hn::Or(hn::ShiftRight<32>(hn::Xor(word, sign)), exponent);
    hn::StoreU(hn::Sub(hn::BitCast(d, low), h_zero), d, h + i);
    hn::StoreU(hn::Sub(hn::BitCast(d, high), g_zero), d, g + i);
  }
}

// CandidateScore without bounds, and -1 where a child has too little.
HWY_INLINE DoubleVector ScoreOf(DoubleVector left_g, DoubleVector left_h, const SplitRule& rule,
                                const ScanTerms& terms) {
  const Doubles d;
  const auto zero = hn::Zero(d);
  const auto l1 = hn::Set(d, rule.leaf.l1);
  const auto l2 = hn::Set(d, rule.leaf.l2);
  const auto least_h = hn::Set(d, terms.least_h);
  const auto lg = hn::Mul(left_g, hn::Set(d, rule.gradient_unit));
  const auto lh = hn::Mul(left_h, hn::Set(d, rule.hessian_unit));
  const auto rg = hn::Sub(hn::Set(d, terms.total_g), lg);
  const auto rh = hn::Sub(hn::Set(d, terms.total_h), lh);
  const auto sl = hn::Max(hn::Sub(hn::Abs(lg), l1), zero);
  const auto sr = hn::Max(hn::Sub(hn::Abs(rg), l1), zero);
  const auto dl = hn::Add(lh, l2);
  const auto dr = hn::Add(rh, l2);
  const auto left = hn::Mul(hn::Mul(sl, sl), dr);
  const auto right = hn::Mul(hn::Mul(sr, sr), dl);
  const auto score = hn::Div(hn::Add(left, right), hn::Mul(dl, dr));
  const auto allowed = hn::And(hn::Ge(lh, least_h), hn::Ge(rh, least_h));
  return hn::IfThenElse(allowed, score, hn::Set(d, -1.0));
}

// The best of a vector's lanes: of equal ones the first candidate.
HWY_INLINE Candidate BestLane(DoubleVector scores, DoubleVector indices, bool missing_left) {
  const Doubles d;
  HWY_ALIGN double score[8];
  HWY_ALIGN double index[8];
  hn::Store(scores, d, score);
  hn::Store(indices, d, index);
  Candidate best;
  for (size_t lane = 0; lane < hn::Lanes(d); ++lane) {
    const auto at = static_cast<int32_t>(index[lane]);
    if (score[lane] < 0) continue;
    if (score[lane] > best.score || (score[lane] == best.score && at < best.index)) {
      best = {score[lane], at, missing_left};
    }
  }
  return best;
}

// The best of candidates 0 .. count - 1 with the missing rows on the right, and of 0 ..
// count_missing_left - 1 with them on the left (none where that is 0); of equal ones the first.
Candidate ScanKernel(const ColumnSums& sums, int32_t count, int32_t count_missing_left,
                     const SplitRule& rule, const ScanTerms& terms) {
  const Doubles d;
  const auto lanes = static_cast<int32_t>(hn::Lanes(d));
  const auto step = hn::Set(d, static_cast<double>(lanes));
  const auto end_right = hn::Set(d, static_cast<double>(count));
  const auto end_left = hn::Set(d, static_cast<double>(count_missing_left));
  const auto missing_g = hn::Set(d, sums.missing_g);
  const auto missing_h = hn::Set(d, sums.missing_h);
  auto index = hn::Iota(d, 0);
  auto score_right = hn::Set(d, -1.0);
  auto score_left = score_right;
  auto best_right = hn::Zero(d);
  auto best_left = best_right;
  const int32_t last = HWY_MAX(count, count_missing_left);
  for (int32_t i = 0; i < last; i += lanes) {
    const auto g = hn::Load(d, sums.g + i);
    const auto h = hn::Load(d, sums.h + i);
    const auto right = ScoreOf(g, h, rule, terms);
    const auto better = hn::And(hn::Gt(right, score_right), hn::Lt(index, end_right));
    score_right = hn::IfThenElse(better, right, score_right);
    best_right = hn::IfThenElse(better, index, best_right);
    if (count_missing_left > 0) {
      const auto left = ScoreOf(hn::Add(g, missing_g), hn::Add(h, missing_h), rule, terms);
      const auto wins = hn::And(hn::Gt(left, score_left), hn::Lt(index, end_left));
      score_left = hn::IfThenElse(wins, left, score_left);
      best_left = hn::IfThenElse(wins, index, best_left);
    }
    index = hn::Add(index, step);
  }
  const Candidate with_right = BestLane(score_right, best_right, false);
  const Candidate with_left = BestLane(score_left, best_left, true);
  return with_left.score > with_right.score ? with_left : with_right;
}

}  // namespace HWY_NAMESPACE
}  // namespace tidewright
HWY_AFTER_NAMESPACE();
