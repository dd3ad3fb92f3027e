#ifndef TIDEWRIGHT_HOST_TRAIN_SCORE_JOB_H_
#define TIDEWRIGHT_HOST_TRAIN_SCORE_JOB_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/ids.h"
#include "host/core/progress.h"
#include "host/metrics/cohort_rate.h"

namespace tidewright {

// The probability of the label for every row of a table, or every customer of a log, from the
// artifact alone.
struct ScoreRequest {
  std::string artifact;
  std::string data;  // a table, which needs no label; or a log, where the model was trained on one
  std::string at;    // of a log: a date, or latest
  std::string within;  // of a BG/NBD model: how far ahead; empty: 30d
};

// What a model says beside the probability: one number a row.
struct ScoreColumn {
  std::string name;
  std::vector<double> values;
};

struct Scores {
  std::string label_name;           // what the probability is of: "Churn=Yes"
  IdTable ids;                      // one a row; row numbers where the table has none
  std::vector<double> probability;  // in the order of the table
  std::vector<ScoreColumn> extra;
  CohortRate cohort;  // how many of them are expected to churn; no rows where a model does not say
  int64_t as_of = 0;  // of a BG/NBD model: the date, microseconds
};

// Columns are matched by name, categories by text. Throws DataError where the table lacks a column
// that the model reads or has it in another kind, UsageError where the artifact is no classifier.
Scores RunScoreJob(const ScoreRequest& request, Progress& progress);

// {"id":"7590-VHVEG","probability":0.63} a line, then the other columns by their names; `write`
// gets whole lines, many at a time.
void WriteScoreLines(const Scores& scores, const std::function<void(std::string_view)>& write);

// The file appears whole, in place of what stood there: HDF5 (/id, /probability and a data set a
// column) where the name ends in .h5 or .hdf5, else NDJSON.
void WriteScoreFile(const Scores& scores, const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_SCORE_JOB_H_
