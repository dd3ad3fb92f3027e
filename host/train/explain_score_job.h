#ifndef TIDEWRIGHT_HOST_TRAIN_EXPLAIN_SCORE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_EXPLAIN_SCORE_JOB_H_

#include <optional>
#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/data/feature_table.h"
#include "host/model/artifact.h"

namespace tidewright {

// Why a classifier gives a customer the probability it does.
struct ExplainScoreRequest {
  std::string artifact;
  std::string data;  // the table that holds the customer, or the log; empty: the training's own
  std::string id;
  std::string at;  // of a log: a date, or latest, as where empty
};

// What a column adds to the log-odds, and what the customer has there.
struct ColumnReason {
  std::string column;
  FeatureKind kind = FeatureKind::kNumber;
  float value = kMissing;   // of a number or boolean
  std::string category;     // of a category, as the table has it; empty where missing
  bool is_missing = false;  // to the model: also a category that it has not seen
  double log_odds = 0;
  // Of a column that the program made of a log; else empty, and nothing.
  std::string meaning;
  std::optional<double> amount;  // where the value is a logarithm: what it is the logarithm of
};

// A row as a sum: base + the reasons = log_odds, the model's own before calibration. Boosted trees
// by TreeSHAP (base: the trees' average, weighted by the covers of their nodes), logistic
// regression by its terms (base: the intercept, a customer who is average in every column). Of a
// hazard model the log-odds are those of leaving in a period, a mean over its periods.
struct ScoreExplanation {
  int64_t row = 0;  // of the table
  double base = 0;
  double log_odds = 0;
  double probability = 0;  // what `score` prints: calibrated, where the artifact has a calibrator
  std::string journey;     // of a model from an event log: the customer in words
  std::vector<ColumnReason> reasons;  // one a column, the largest first by absolute value
};

struct ScoreExplanations {
  std::string algorithm;
  std::string label_name;
  std::string calibration;             // the method; empty where there is none
  std::vector<ScoreExplanation> rows;  // more than one only where the table has groups
};

// Every row of a table as it was read, and of the same rows with the columns that the model reads
// (MatchWithNotes); without a journey. Throws UsageError where the model is no classifier.
std::vector<ScoreExplanation> ExplainRows(const Artifact& artifact, const FeatureTable& given,
                                          const FeatureTable& matched);

// Throws UsageError where the artifact is no classifier or the table has no ids, or the training's
// own is not there, DataError where no row has this id, the training's own table has changed, or as
// score does.
ScoreExplanations RunExplainScoreJob(const ExplainScoreRequest& request, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_EXPLAIN_SCORE_JOB_H_
