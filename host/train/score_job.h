#ifndef TIDEWRIGHT_HOST_TRAIN_SCORE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_SCORE_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/core/config.h"
#include "host/core/ids.h"
#include "host/core/progress.h"
#include "host/core/stop_flag.h"
#include "host/metrics/cohort_rate.h"

namespace tidewright {

// The probability of the label for every row of a table, or every customer of a log, from the
// artifact alone.
struct ScoreRequest {
  std::string artifact;
  std::string data;  // a table, which needs no label; or a log, where the model was trained on one
  std::string at;    // of a log: a date, or latest
  std::string within;  // of a BG/NBD model: how far ahead; empty: 30d
  // What is done stays where the run is ended, and the same call goes on from there.
  bool resume = false;
};
ConfigFields FieldsOf(ScoreRequest& request);

// What a model says beside the probability: one number a row.
struct ScoreColumn {
  std::string name;
  std::vector<double> values;
};

// Of all rows, or of some of them.
struct Scores {
  std::string label_name;           // what the probability is of: "Churn=Yes"
  IdTable ids;                      // one a row; row numbers where the table has none
  std::vector<double> probability;  // in the order of the table
  std::vector<ScoreColumn> extra;
  int64_t as_of = 0;  // of a BG/NBD model: the date, microseconds
};

// Where scores go, some rows at a time.
class ScoreSink {
 public:
  virtual ~ScoreSink() = default;
  // Before all else, where the request says resume: how many rows an earlier run has written. `run`
  // tells such runs apart. Throws UsageError where this sink keeps nothing.
  virtual int64_t Resume(const std::string& run);
  // The probability of the first of those rows, of the second, …
  virtual double NextWritten();
  // Before the first row: what the probability is of, and the names of what stands beside it.
  virtual void Begin(const std::string& label_name, const std::vector<std::string>& extra) = 0;
  virtual void Write(const Scores& rows) = 0;
  // After the last row. Without it nothing that was begun is left behind, but by Resume.
  virtual void Finish() = 0;
};

struct ScoreSummary {
  std::string label_name;
  int64_t rows = 0;
  CohortRate cohort;  // how many of them are expected to churn; no rows where a model does not say
};

// Streams a table in batches of rows: of it the ids alone are in memory. What a pipeline or BG/NBD
// makes of a log is there as a whole. Columns are matched by name, categories by text. Throws
// DataError where the table lacks a column that the model reads or has it in another kind,
// UsageError where the artifact is no classifier, Error with ExitCode::kPreempted where `stop`
// ended it, between two batches.
ScoreSummary RunScoreJob(const ScoreRequest& request, ScoreSink& sink, const StopFlag& stop,
                         Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SCORE_JOB_H_
