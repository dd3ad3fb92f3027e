#include "host/train/hazard_train_job.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "host/core/clock.h"
#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/data/hdf5/table_file.h"
#include "host/hazard/hazard.h"
#include "host/model/artifact.h"
#include "host/train/algorithms.h"
#include "host/train/artifact_directory.h"
#include "host/train/cross_validation.h"
#include "host/train/feature_device.h"
#include "host/train/log_input.h"
#include "host/train/run_outcome.h"

namespace tidewright {
namespace {

// What can be refused without reading is refused first.
void CheckHazardRequest(const HazardTrainRequest& request, Classifier& trees) {
  HazardTrainRequest checked = request;
  CheckFields(FieldsOf(checked), "train");
  CheckFields(trees.fields(), "hazard");
  if (SpanOf("gap", request.log.gap, true) != 0) {
    throw UsageError("--gap: leaving begins with the cutoff itself; leave it out");
  }
  CheckWatching(request.validate, request.validate_metric, request.patience);
}

ChurnTables ReadHazardTables(const HazardTrainRequest& request, const std::vector<int64_t>& periods,
                             const Backend& backend, Progress& progress) {
  if (IsFeatureTable(request.data)) {
    throw UsageError(request.data +
                     " is a feature table; expected an event log, which says when customers left");
  }
  ChurnTables tables =
      BuildDepartureTables(request.data, request.log, periods.front(),
                           FeaturesOn(backend, request.device, progress), progress);
  const std::string label = "leaving in " + PeriodName(periods.back());
  tables.train.label_name = label;
  if (tables.test) tables.test->label_name = label;
  return tables;
}

// What cannot be judged after the training is refused before it.
void RefuseUnjudgeable(const FeatureTable& test, const std::vector<int64_t>& periods,
                       const std::vector<Departure>& departures) {
  const std::vector<double> nothing(static_cast<size_t>(test.rows), 0.0);
  try {
    JudgeLeaving(std::vector<std::vector<double>>(periods.size(), nothing), periods, departures);
  } catch (const DataError& error) {
    throw DataError(test.path + ": the test cutoff: " + error.what() +
                    "; choose other --periods or another --cutoff");
  }
}

// The rows of the tables once expanded. What cannot be learned or judged is refused before that.
int64_t CheckExpandable(const ChurnTables& tables, const std::vector<int64_t>& periods) {
  PeriodCount count;
  try {
    count = CountPeriods(tables.train_departures, periods);
  } catch (const DataError& error) {
    throw DataError(tables.train.path + ": " + error.what());
  }
  if (count.rows > INT32_MAX) {
    throw DataError(tables.train.path + ": " + std::to_string(count.rows) +
                    " rows of a customer and period; boosted trees take at most " +
                    std::to_string(INT32_MAX) + ": expected fewer --cutoffs or --periods");
  }
  if (tables.test) RefuseUnjudgeable(*tables.test, periods, tables.test_departures);
  FeatureTable labels;  // a row of each that there is
  labels.path = tables.train.path;
  if (count.leaving < count.rows) labels.label.push_back(0);
  if (count.leaving > 0) labels.label.push_back(1);
  labels.rows = static_cast<int64_t>(labels.label.size());
  CheckLabelled(labels);
  return count.rows;
}

// The test's person-period rows, of the periods that are seen there whole.
std::optional<FeatureTable> ExpandTest(const ChurnTables& tables, std::vector<int64_t> periods) {
  if (!tables.test) return std::nullopt;
  while (periods.back() > tables.test_departures.front().followed) periods.pop_back();
  FeatureTable expanded = ExpandPeriods(*tables.test, tables.test_departures, periods);
  expanded.fingerprint = FingerprintOf(expanded);
  return expanded;
}

FeatureTable ExpandTrainable(const ChurnTables& tables, const std::vector<int64_t>& periods,
                             Progress& progress) {
  CheckExpandable(tables, periods);
  FeatureTable expanded = ExpandPeriods(tables.train, tables.train_departures, periods);
  expanded.fingerprint = FingerprintOf(expanded);
  int64_t left = 0;
  for (const float label : expanded.label) left += label > 0 ? 1 : 0;
  progress.Note(std::to_string(tables.train.rows) + " customers, " + std::to_string(expanded.rows) +
                " rows of a customer and period, " + std::to_string(left) + " of them leave in it");
  return expanded;
}

Manifest DescribeHazard(const HazardTrainRequest& request, Classifier& trees,
                        const Backend& backend, const ChurnTables& tables,
                        const FeatureTable& expanded, uint64_t seed) {
  Manifest manifest;
  manifest.algorithm = "hazard";
  manifest.config.emplace_back("periods", request.periods);
  for (const ConfigField& field : trees.fields()) {
    manifest.config.emplace_back(field.name, FieldText(field));
  }
  manifest.data_fingerprint = expanded.fingerprint;
  manifest.data_layout = "event log";
  manifest.pipeline = tables.pipeline;
  manifest.split = "none";
  manifest.validation_split = "none";
  if (request.validate > 0) {
    double fraction = request.validate;
    manifest.validation_split =
        "random:" + FieldText({"validate", &fraction, "", 0, 1, {}}) + " of customers";
  }
  manifest.seed = seed;
  manifest.simd = TrainedWith(backend);
  manifest.features = SpecOf(tables.train);
  return manifest;
}

// What a checkpoint must have been made of to be continued here, to the same bytes.
std::string HazardProblemText(const Manifest& manifest, const HazardTrainRequest& request) {
  std::string text =
      "algorithm=" + manifest.algorithm + "\ndata=" + manifest.data_fingerprint +
      "\nvalidate=" + manifest.validation_split + "\nvalidate-metric=" + request.validate_metric +
      "\npatience=" + std::to_string(request.patience) + "\nsimd=" + manifest.simd + "\n";
  for (const auto& [name, value] : manifest.config) text += name + "=" + value + "\n";
  return text;
}

}  // namespace

ConfigFields HazardFields(HazardTrainRequest& request) {
  return {{"periods", &request.periods, "where periods end, in days after the cutoff", 0, 0, {}}};
}

ConfigFields FieldsOf(HazardTrainRequest& request) {
  return {
      {"device", &request.device, "auto, cpu, cuda or cuda:N", 0, 0, {}},
      {"validate",
       &request.validate,
       "share of the customers kept back to watch while training",
       0,
       0.9,
       {}},
      {"validate-metric",
       &request.validate_metric,
       "what is watched there, of leaving in a period: auc, pr_auc, log_loss, brier, ece",
       0,
       0,
       {}},
      {"patience",
       &request.patience,
       "epochs without a better metric before training stops; 0: never",
       0,
       1e6,
       {}},
      {"checkpoint-seconds",
       &request.checkpoint_seconds,
       "time between checkpoints; one is always written on SIGTERM",
       0,
       1e9,
       {}},
      {"resume", &request.resume, "go on from the checkpoint in DIR.partial", 0, 0, {}},
  };
}

ConfigFields HazardLogFields(HazardTrainRequest& request) {
  ConfigFields fields = FieldsOf(request.log);
  for (ConfigField& field : fields) {
    if (field.name == "gap") field.help = "none: leaving begins with the cutoff itself";
    if (field.name == "horizon") field.help = "left: no positive event for so long";
    if (field.name == "table-out") {
      field.help =
          "write the rows of a customer and period, too; the test cutoff's beside it as "
          "NAME.test.h5";
    }
  }
  return fields;
}

std::unique_ptr<Classifier> HazardTrees() {
  for (const ClassifierEntry& entry : Classifiers()) {
    if (entry.name == "gbdt") return entry.make();
  }
  throw UsageError("this program has no boosted trees");
}

HazardTrainReport RunHazardTrainJob(const HazardTrainRequest& request, Classifier& trees,
                                    const StopFlag& stop, Progress& progress) {
  const Clock::time_point begin = Clock::now();
  CheckHazardRequest(request, trees);
  const std::vector<int64_t> periods = ParsePeriods(request.periods);
  ArtifactDirectory::Check(WithoutTrailingSlash(request.output), request.resume);
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  ChurnTables tables = ReadHazardTables(request, periods, backend, progress);
  FeatureTable expanded = ExpandTrainable(tables, periods, progress);
  if (!request.log.table_out.empty()) {
    WriteTables(request.log, expanded, ExpandTest(tables, periods), progress);
  }
  progress.Note("device: " + reason);

  ArtifactDirectory directory(WithoutTrailingSlash(request.output), request.resume, progress);
  FitOptions fit;
  fit.validate = request.validate;
  fit.validate_metric = request.validate_metric;
  fit.seed = static_cast<uint64_t>(IntegerField(trees.fields(), "seed", 1));
  fit.trainer.epochs = static_cast<int>(IntegerField(trees.fields(), "epochs", 1));
  fit.trainer.patience = static_cast<int>(request.patience);

  Artifact artifact;
  artifact.manifest = DescribeHazard(request, trees, backend, tables, expanded, fit.seed);
  Manifest& manifest = artifact.manifest;
  artifact.factors = std::move(tables.factors);
  artifact.profile = ProfileOf(tables.train);
  tables.train = FeatureTable();
  KeptBack parts = KeepBack(std::move(expanded), fit);
  manifest.train_entries = parts.train.rows;
  fit.trainer.checkpoint_seconds = request.checkpoint_seconds;
  fit.trainer.work_directory = directory.work_path();
  fit.trainer.resume = request.resume;
  fit.trainer.problem = HazardProblemText(manifest, request);
  TrainOutcome outcome = FitClassifier(trees, backend, &parts, fit, stop, progress);
  RefuseUnfinished(outcome, fit.trainer.epochs, directory.work_path(),
                   "try a stronger --l2 or a smaller step");

  HazardModel model{std::get<TreeEnsemble>(std::move(*outcome.model)), periods};
  manifest.epochs = outcome.epochs;
  manifest.best_epoch = outcome.best_epoch;
  manifest.loss = outcome.loss;
  if (outcome.best_validation) {
    const double value = *outcome.best_validation;
    manifest.validation_metrics[request.validate_metric] = {value, value, value};
  }
  HazardTrainReport report;
  if (tables.test) {
    report.test =
        JudgeLeaving(LeavingProbabilities(model, *tables.test), periods, tables.test_departures);
    report.test_name = "cutoff " + FormatTime(*manifest.pipeline->test_cutoff);
    manifest.test_fingerprint = tables.test->fingerprint;
    manifest.test_metrics = MetricsOf(*report.test);
  }
  artifact.model = std::move(model);
  report.artifact = WithoutTrailingSlash(request.output);
  report.epochs = outcome.epochs;
  report.best_epoch = outcome.best_epoch;
  report.loss = outcome.loss;
  report.best_validation = outcome.best_validation;
  report.seconds = SecondsSince(begin);
  WriteArtifactFiles(directory.work_path(), artifact,
                     RecordRun(outcome, backend, report.seconds, request.data));
  directory.Commit();
  return report;
}

ClassifierEstimate EstimateHazardTrainJob(const HazardTrainRequest& request, Classifier& trees,
                                          Progress& progress) {
  CheckHazardRequest(request, trees);
  const std::vector<int64_t> periods = ParsePeriods(request.periods);
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  const ChurnTables tables = ReadHazardTables(request, periods, backend, progress);
  progress.Note("device: " + reason);
  ClassifierEstimate result;
  result.rows = CheckExpandable(tables, periods);
  result.columns = static_cast<int64_t>(tables.train.columns.size()) + 1;
  const CostEstimate cost = trees.Estimate(backend, result.rows, result.columns);
  // Before the trees begin: the customers' table beside the expanded one and the list of whose row
  // is whose; then, with --validate, the expanded table beside the two parts of it.
  const int64_t row_bytes = result.columns * 4 + 8;
  const int64_t expanded = result.rows * row_bytes;
  const int64_t beside =
      std::max(tables.train.rows * row_bytes, request.validate > 0 ? expanded : 0);
  result.host_bytes = std::max(cost.host_bytes, expanded + result.rows * 8 + beside);
  result.device_bytes = cost.device_bytes;
  result.flops_per_epoch = cost.flops_per_epoch;
  result.bytes_per_epoch = cost.bytes_per_epoch;
  result.epochs = IntegerField(trees.fields(), "epochs", 1);
  return result;
}

}  // namespace tidewright
