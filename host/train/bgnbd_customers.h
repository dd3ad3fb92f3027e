#ifndef TIDEWRIGHT_HOST_TRAIN_BGNBD_CUSTOMERS_H_
#define TIDEWRIGHT_HOST_TRAIN_BGNBD_CUSTOMERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/progress.h"
#include "host/metrics/classification.h"
#include "host/model/artifact.h"
#include "host/train/requirement.h"
#include "host/train/score_job.h"
#include "host/train/segments.h"

namespace tidewright {

// What a BG/NBD artifact says of the customers of a log, as of a date.
struct BgnbdQuestion {
  std::string artifact;
  std::string data;          // an event log
  std::string at;            // a date, or latest; empty where it may be: the model's own cutoff
  std::string within;        // how far ahead: "30d"
  bool of_training = false;  // `data` is the training's own: DataError where it has changed since
};

// Of each customer with an event up to `at`: probability (no event in the span), p_alive and
// expected_events. `artifact` was read from the question's directory.
Scores ScoreBgnbd(const Artifact& artifact, const BgnbdQuestion& question, Progress& progress);

// One customer in numbers and in a sentence.
struct BgnbdExplanation {
  int64_t frequency = 0;  // events after the first
  double first_days = 0;  // since the first and the last event, at the date
  double last_days = 0;
  double alive = 0;
  double expected_events = 0;
  double silence = 0;
  std::string text;
};
// Without `data` from the log that the model was fitted to. Throws UsageError where that is not
// there, DataError where the log has no such customer, or no event of theirs up to the date.
BgnbdExplanation ExplainBgnbd(const BgnbdQuestion& asked, const std::string& user,
                              Progress& progress);

// Customers of one frequency at the cutoff: events a customer, as expected and as they came.
struct BgnbdFrequencyRow {
  int64_t frequency = 0;
  bool or_more = false;
  int64_t customers = 0;
  double expected = 0;
  double observed = 0;
};

struct BgnbdEvaluation {
  std::string label_name;
  int64_t customers = 0;
  int64_t newcomers = 0;  // whose first event is after the cutoff: nothing is expected of them
  double expected_events = 0;
  double observed_events = 0;
  double mean_absolute_error = 0;  // of the events of a customer
  double root_mean_squared_error = 0;
  double alive_auc = 0;  // of 1 - P(alive) for who has no event
  std::vector<BgnbdFrequencyRow> by_frequency;
  ClassificationReport churn;  // of the probability of no event
  GroupReport groups;          // of each of `by`, by the same probability
  std::vector<std::string> unmet;
};

// Compares with the events in (at, at + within]; without `within` all to the end of the log. `by`:
// cohort, tenure or columns of /users, whose groups are judged, too. Throws DataError where the log
// ends before that, UsageError for a `by` that the log has not.
BgnbdEvaluation EvaluateBgnbd(const BgnbdQuestion& question,
                              const std::vector<Requirement>& requirements,
                              const std::vector<double>& budgets,
                              const std::vector<std::string>& by, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_BGNBD_CUSTOMERS_H_
