#ifndef TIDEWRIGHT_HOST_MODEL_ARTIFACT_H_
#define TIDEWRIGHT_HOST_MODEL_ARTIFACT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/clock.h"
#include "host/core/ids.h"
#include "host/core/metric_value.h"
#include "host/data/feature_table.h"
#include "host/data/interactions.h"
#include "host/data/snapshot_spec.h"
#include "host/data/table_profile.h"
#include "host/model/bgnbd_columns.h"
#include "host/model/calibrator.h"
#include "host/model/earlier_training.h"
#include "host/model/feature_factors.h"
#include "host/model/model.h"

namespace tidewright {

// How a classifier's table was made of an event log: what scoring another log, or the same one at
// another date, needs.
struct PipelineRecord {
  SnapshotSpec snapshot;
  std::string log_fingerprint;
  std::vector<int64_t> train_cutoffs;  // rising; microseconds
  std::optional<int64_t> test_cutoff;
  std::optional<BgnbdColumns> bgnbd;  // whose columns stand after the others
};

// Rows of label 0 that were left out of the training, and what made up for it: the model's log-odds
// have `log_odds` added (King and Zeng 2001, eq. 7), so that they mean the table's own prior.
struct NegativeSampling {
  double fraction = 1;  // asked for
  int64_t negatives = 0;
  int64_t kept = 0;
  double log_odds = 0;
};

// What the manifest says of a model: enough to reproduce it and to use it, nothing that differs
// from run to run.
struct Manifest {
  std::string algorithm;                                    // "ials"
  std::vector<std::pair<std::string, std::string>> config;  // as FieldText gives it, in field order
  std::string data_fingerprint;
  std::string data_layout;
  std::vector<std::pair<std::string, float>> signals;  // every signal and the weight it had
  std::string aggregation;
  std::string split;
  std::string validation_split;
  uint64_t seed = 1;
  std::string simd;  // the target that trained it: "AVX3", or "cuda sm_90"
  int64_t train_entries = 0;
  int64_t train_begin = 0;  // microseconds; 0 and 0 where the data has no times
  int64_t train_end = 0;
  int epochs = 0;      // run
  int best_epoch = 0;  // whose model this is
  double loss = 0;     // of that epoch
  std::map<std::string, MetricValue> validation_metrics;
  std::string cross_validation;  // "5 folds, 2 repeats"; empty where none was made
  std::map<std::string, MetricValue> cross_validation_metrics;
  std::string test_fingerprint;  // of another table that the model was judged by; empty: none
  std::map<std::string, MetricValue> test_metrics;
  // Of a classifier: what was tried to calibrate it, and the calibrator that was kept.
  std::optional<CalibrationRecord> calibration;
  // Of a classifier trained on a part of the rows of label 0.
  std::optional<NegativeSampling> sampling;
  std::optional<FeatureSpec> features;     // of a classifier: the columns it reads, and its label
  std::optional<PipelineRecord> pipeline;  // of a classifier that was trained on an event log
  std::optional<EarlierTraining> warm_start;  // of a classifier that went on from another one
};

// A trained model and what serving needs beside it. On disk a directory, described byte for byte in
// FORMAT.md. Users, items and history are a recommender's; a classifier has features in its
// manifest instead and keeps nothing of the rows it was trained on.
struct Artifact {
  Manifest manifest;
  Model model;
  IdTable users;
  IdTable items;
  std::optional<IdTable> item_names;      // what people call the items, for printing
  std::optional<Csr> history;             // the signed training matrix; absent with --no-history
  std::optional<TableProfile> profile;    // of a classifier: its training table
  std::optional<FeatureFactors> factors;  // of a classifier that describes customers by them
};

// How a run went: times, host, device, threads. Beside the manifest as run.json, never in it.
struct RunRecord {
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<double> epoch_seconds;
  StageSeconds stage_seconds = {};  // of what came before the files; empty: not taken
};

// Writes every file of the artifact into `directory`, which exists; fsyncs them. Where the stages
// were taken, this one is added as "save". The caller renames it into place (see
// train/artifact_directory.h). Throws IoError.
void WriteArtifactFiles(const std::string& directory, const Artifact& artifact,
                        const RunRecord& run);

// Throws IoError (not there), DataError (not an artifact, a checksum or a shape that disagrees, a
// version this program does not know). Without `history` what users had is neither read nor
// checked.
Artifact LoadArtifact(const std::string& directory, bool history = true);

// The factors of a recommender. Throws UsageError where `artifact`, read from `directory`, is none.
const FactorModel& RecommenderOf(const Artifact& artifact, const std::string& directory);
// The columns of a classifier. Throws UsageError where it is none.
const FeatureSpec& FeaturesOf(const Artifact& artifact, const std::string& directory);

// Whether the artifact in `directory` is a classifier: by its manifest alone. Throws as
// LoadArtifact.
bool HoldsClassifier(const std::string& directory);
// Whether it is a BG/NBD model.
bool HoldsBgnbd(const std::string& directory);
// Whether it is a hazard model, which is a classifier, too.
bool HoldsHazard(const std::string& directory);

// True where `directory` holds a manifest.json: how `inspect` tells an artifact from a file.
bool IsArtifact(const std::string& directory);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_MODEL_ARTIFACT_H_
