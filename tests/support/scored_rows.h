#ifndef TIDEWRIGHT_TESTS_SUPPORT_SCORED_ROWS_H_
#define TIDEWRIGHT_TESTS_SUPPORT_SCORED_ROWS_H_

#include <cmath>
#include <cstdint>

#include "host/core/random.h"
#include "host/metrics/classification.h"

namespace tidewright {

// The rows of EMPC's golden value.
inline ScoredRows GoldenRows() {
  ScoredRows rows;
  rows.probability = {.1, .2, .3, .4, .5, .7, .8, .9};
  rows.label = {0, 1, 0, 1, 0, 1, 0, 1};
  return rows;
}

// Noisy scores with many ties; about a quarter positive.
inline ScoredRows RandomRows(int64_t count, int levels, bool weights, int folds = 1) {
  ScoredRows rows;
  for (int64_t i = 0; i < count; ++i) {
    const PhiloxDraw draw = Philox(7, 99, static_cast<uint64_t>(i));
    const double score = UniformDouble(draw.word[0], draw.word[1]);
    rows.probability.push_back(std::round(score * levels) / levels);
    rows.label.push_back(UniformFloat(draw.word[2]) < 0.5 * score ? 1.0f : 0.0f);
    if (weights) rows.weight.push_back(static_cast<float>(draw.word[3] % 4));
    if (folds > 1) rows.fold.push_back(static_cast<int32_t>(i % folds));
  }
  return rows;
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_SCORED_ROWS_H_
