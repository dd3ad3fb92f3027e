#ifndef TIDEWRIGHT_HOST_TRAIN_CHURN_TABLES_H_
#define TIDEWRIGHT_HOST_TRAIN_CHURN_TABLES_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/data/feature_table.h"
#include "host/features/build_features.h"
#include "host/features/departures.h"
#include "host/model/artifact.h"
#include "host/train/classifier_input.h"

namespace tidewright {

// How a log becomes a table, as the command line has it.
struct LogTableRequest {
  std::string cutoff;  // a date; of several cutoffs the last one
  std::string horizon = "90d";
  std::string gap = "0d";
  std::string window = "365d";
  int64_t cutoffs = 1;
  std::string every = "30d";         // between cutoffs
  std::vector<std::string> signals;  // "cancel=-1"; what is not named has the file's weight
  std::string feature_groups = "all";
  std::string user_columns;  // names with commas
  std::string factors;       // a recommender whose vectors of the customers become columns; or none
  std::string bgnbd;         // a BG/NBD model whose expectations become columns; or none
  bool overwrite = false;    // another table at `table_out`
  std::string table_out;  // the table for other programs, too; with several cutoffs of the training
};
ConfigFields FieldsOf(LogTableRequest& request);

// What a classifier learns from, and is judged by, out of one log.
struct ChurnTables {
  FeatureTable train;                // grouped by customer
  std::optional<FeatureTable> test;  // of the last of several cutoffs, in the columns of `train`
  PipelineRecord pipeline;
  std::optional<FeatureFactors> factors;
  // In place of labels, where they were asked for: one a row.
  std::vector<Departure> train_departures;
  std::vector<Departure> test_departures;
};

// With one cutoff everything trains. With several the last one tests, and those trains whose
// horizon has ended by then; the others are dropped with a warning. Throws UsageError for options
// that cannot be, and where no cutoff is left to train on; DataError where the log does not reach.
// Features are computed by `features`, which makes no difference to them. Writes no table.
ChurnTables BuildChurnTables(const std::string& log, const LogTableRequest& request,
                             const FeatureTwin& features, Progress& progress);

// The same, without labels, but when each customer left. Those of the training read nothing after
// the test cutoff; of the test, or of one cutoff alone, nothing after the log's end. A cutoff is
// dropped or refused where leaving is seen for less than `least_followed` after it.
ChurnTables BuildDepartureTables(const std::string& log, const LogTableRequest& request,
                                 int64_t least_followed, const FeatureTwin& features,
                                 Progress& progress);

// --table-out: `train` there, `test` beside it as NAME.test.h5. Nothing where no path was given; a
// file that holds the same table already is left alone. Throws UsageError where one of them is
// something else than a table, or another table and `overwrite` was not asked for.
void WriteTables(const LogTableRequest& request, const FeatureTable& train,
                 const std::optional<FeatureTable>& test, Progress& progress);

// Refuses options that only a log has. `data` is the table they came with.
void RefuseLogOptions(const LogTableRequest& request, const std::string& data);

// The table that a model's pipeline makes of the log `data`; columns that the model does not read
// are left out. `trained_on` (may be null): whether it was trained on this very log, and on what it
// tells after the cutoff.
FeatureTable ReplayPipeline(const Artifact& artifact, const ClassifierData& data, bool* trained_on,
                            Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_CHURN_TABLES_H_
