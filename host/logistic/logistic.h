#ifndef TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_H_
#define TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/data/feature_table.h"
#include "host/model/solver.h"
#include "host/model/table_problem.h"

namespace tidewright {

// Logistic regression on standardised terms (host/model/linear_model.h):
//
//   min over b0, b   (1/W) sum_i w_i log(1 + exp(-s_i (b0 + <b, z_i>))) + l1 |b|_1 + l2/2 |b|_2^2
//
// s_i = +-1, W = sum_i w_i; the intercept is not penalised. By L-BFGS (Nocedal 1980), and OWL-QN
// (Andrew and Gao 2007) where l1 > 0. An epoch is an iteration; training ends by itself at the
// tolerance.
struct LogisticConfig {
  int64_t epochs = 500;
  double l1 = 0.0;
  double l2 = 1e-4;
  double tolerance = 1e-8;  // of the largest component of the (pseudo-)gradient
  int64_t memory = 10;      // pairs that L-BFGS keeps
  double scale_pos_weight = 1.0;
  int64_t path = 0;  // penalties that ChoosePenalty of path.h tries; 0: l1 and l2 are as they stand
  std::string path_penalty = "l2";               // the one that it chooses: "l1", "l2"
  std::string path_rule = "one-standard-error";  // or "best"
  int64_t path_folds = 5;
  int64_t seed = 1;
};
ConfigFields FieldsOf(LogisticConfig& config);

// EpochStats.loss is the objective above; EpochStats.converged says that the tolerance is met.
std::unique_ptr<Solver> MakeLogisticCpu(const LogisticConfig& config, TableProblem problem);

CostEstimate EstimateLogisticCpu(const LogisticConfig& config, int64_t rows, int64_t columns);

// The terms for a table's columns, centred and scaled by its rows and weights; coefficients 0. A
// column with missing values has a term for them; constant terms are left out.
LinearModel MakeTerms(const FeatureTable& table);

// Log-odds of each row; the table's columns are the model's (MatchTable).
std::vector<double> LinearMargins(const LinearModel& model, const FeatureTable& table);

// What each column adds to a row's log-odds, beside the row with the average of every term: rows x
// (features + 1), the last one the intercept; a row sums up to its margin.
std::vector<double> LinearContributions(const LinearModel& model, const FeatureTable& table);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_LOGISTIC_LOGISTIC_H_
