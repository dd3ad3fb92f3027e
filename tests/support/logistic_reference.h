#ifndef TIDEWRIGHT_TESTS_SUPPORT_LOGISTIC_REFERENCE_H_
#define TIDEWRIGHT_TESTS_SUPPORT_LOGISTIC_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "host/data/feature_table.h"
#include "host/logistic/logistic.h"

namespace tidewright {

// What MakeChurnLikeTable puts in: numbers of very different scales, one of them with missing
// values, a boolean, categories (one of them rare, one never used), weights from 0 to 3.
struct ChurnLikeOptions {
  int64_t rows = 400;
  bool missing = true;
  bool weights = true;
  bool categories = true;
};
FeatureTable MakeChurnLikeTable(const ChurnLikeOptions& options);

// Rows x terms: z of linear_model.h, term by term as it is defined there.
std::vector<double> StandardisedTerms(const LinearModel& terms, const FeatureTable& table);

// Weights with scale_pos_weight, over their sum.
std::vector<double> RowWeights(const FeatureTable& table, double scale_pos_weight);

// The objective of logistic.h, and its gradient without the L1 part: of the terms, then of the
// intercept.
double ObjectiveOf(const LogisticConfig& config, const LinearModel& model,
                   const FeatureTable& table, std::vector<double>* gradient);

// The minimum by Newton's method with a Cholesky solve (l1 = 0), or by cyclic coordinate descent
// on Newton's quadratic (l1 > 0), all in double on the terms spelt out.
LinearModel ReferenceFit(const LogisticConfig& config, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_SUPPORT_LOGISTIC_REFERENCE_H_
