#ifndef TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_EVALUATE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_EVALUATE_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/data/table_profile.h"
#include "host/metrics/classification.h"
#include "host/metrics/cohort_rate.h"
#include "host/train/permutation_importance.h"
#include "host/train/requirement.h"
#include "host/train/segments.h"

namespace tidewright {

// How good a classifier is on a labelled table.
struct ClassifierEvaluateRequest {
  std::string artifact;
  std::string data;                 // a table, or a log where the model was trained on one
  std::string at;                   // of a log: a date, or latest
  std::string by;                   // cohort, tenure and columns, with commas: judge their groups
  std::string budgets = "5,10,20";  // percent of the customers; those of requirements on top
  std::vector<Requirement> requirements;
  int64_t permutations = 0;  // of each column, to see what it is worth; 0: none
};
ConfigFields FieldsOf(ClassifierEvaluateRequest& request);

// The shares of customers that budgets and requirements name, rising. Throws UsageError for a
// budget that is none, or a requirement that speaks of rankings.
std::vector<double> BudgetsOf(const ClassifierEvaluateRequest& request);

struct ClassifierEvaluateReport {
  std::string algorithm;
  std::string label_name;
  bool on_training_data = false;  // what is said is then no estimate of anything new
  ClassificationReport model;
  CohortRate cohort;
  std::vector<ColumnDrift> drift;                 // since the training, by falling index
  GroupReport groups;                             // of each of `by`
  std::vector<PermutationImportance> importance;  // by falling worth; empty where not asked for
  std::vector<std::string> unmet;                 // "auc is 0.84, required >= .85"
};

// Throws UsageError where the artifact is no classifier or a requirement speaks of rankings,
// DataError where the table has no label or only one class.
ClassifierEvaluateReport RunClassifierEvaluateJob(const ClassifierEvaluateRequest& request,
                                                  Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CLASSIFIER_EVALUATE_JOB_H_
