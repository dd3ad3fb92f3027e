#include "host/train/classifier_train_job.h"

#include <chrono>
#include <utility>
#include <vector>

#include "host/core/clock.h"
#include "host/core/errors.h"
#include "host/core/hash.h"
#include "host/core/time.h"
#include "host/data/feature_table.h"
#include "host/data/hdf5/table_file.h"
#include "host/model/artifact.h"
#include "host/model/manifest.h"
#include "host/train/algorithms.h"
#include "host/train/artifact_directory.h"
#include "host/train/calibrate.h"
#include "host/train/classifier_input.h"
#include "host/train/cross_validation.h"
#include "host/train/feature_device.h"
#include "host/train/run_outcome.h"
#include "host/train/warm_start.h"

namespace tidewright {
namespace {

// What can be refused without reading is refused first.
void CheckRequest(const ClassifierTrainRequest& request, Classifier& classifier) {
  ClassifierTrainRequest checked = request;
  CheckFields(FieldsOf(checked), "train");
  CheckFields(classifier.fields(), classifier.name());
  CheckWatching(request.validate, request.validate_metric, request.patience);
  if (request.cross_validate == 0 && request.repeats > 1) {
    throw UsageError("--repeats is of the cross-validation; add --cross-validate 5");
  }
  if (request.cross_validate == 1) {
    throw UsageError("--cross-validate is 1; expected at least 2 folds, or 0 for none");
  }
  const bool finds_calibration = request.calibrate == "auto" || request.calibrate == "none";
  if (request.cross_validate == 0 && !finds_calibration) {
    throw UsageError("--calibrate " + request.calibrate +
                     " learns from rows that the model was not trained on; add --cross-validate 5");
  }
  if (request.cross_validate > 0 && !request.warm_start.empty()) {
    throw UsageError(
        "--cross-validate cannot judge a --warm-start: that model has learned from rows which the "
        "folds hold out; judge it by --test");
  }
}

std::string Share(double part, double whole) {
  const auto per_mille = static_cast<int64_t>(part / whole * 1000 + 0.5);
  return std::to_string(per_mille / 10) + "." + std::to_string(per_mille % 10) + " %";
}

void NoteTable(const FeatureTable& table, Progress& progress) {
  int64_t positives = 0;
  for (const float label : table.label) positives += label > 0 ? 1 : 0;
  progress.Note(table.path + ": " + std::to_string(table.rows) + " rows, " +
                std::to_string(table.columns.size()) + " columns, " +
                Share(static_cast<double>(positives), static_cast<double>(table.rows)) + " " +
                table.label_name);
}

FeatureTable ReadTrainable(const std::string& path) {
  FeatureTable table = ReadFeatureTable(path);
  CheckTrainable(table);
  return table;
}

// What a run learns from, and is judged by.
struct TrainInput {
  FeatureTable table;
  std::optional<FeatureTable> test;
  std::string test_name;
  std::optional<PipelineRecord> pipeline;
  std::optional<FeatureFactors> factors;
};

// Another table to judge the model by, in the columns of the training table.
FeatureTable ReadTest(const std::string& path, const FeatureTable& train, Progress& progress) {
  FeatureTable table = ReadFeatureTable(path);
  CheckLabelled(table);
  return MatchWithNotes(SpecOf(train), std::move(table), progress);
}

TrainInput ReadInput(const ClassifierTrainRequest& request, const Backend& backend,
                     Progress& progress) {
  TrainInput input;
  if (IsFeatureTable(request.data)) {
    RefuseLogOptions(request.log, request.data);
    input.table = ReadTrainable(request.data);
    if (!request.test.empty()) input.test = ReadTest(request.test, input.table, progress);
    NoteTable(input.table, progress);
    input.test_name = request.test;
    return input;
  }
  if (!request.test.empty()) {
    throw UsageError("--test " + request.test + ": " + request.data +
                     " is an event log; expected --cutoffs, the last of which tests");
  }
  ChurnTables tables = BuildChurnTables(request.data, request.log,
                                        FeaturesOn(backend, request.device, progress), progress);
  input.table = std::move(tables.train);
  input.test = std::move(tables.test);
  if (input.test) input.test_name = "cutoff " + FormatTime(*tables.pipeline.test_cutoff);
  input.pipeline = std::move(tables.pipeline);
  input.factors = std::move(tables.factors);
  return input;
}

std::vector<std::pair<std::string, std::string>> ConfigOf(Classifier& classifier) {
  std::vector<std::pair<std::string, std::string>> config;
  for (const ConfigField& field : classifier.fields()) {
    config.emplace_back(field.name, FieldText(field));
  }
  return config;
}

Manifest DescribeRun(const ClassifierTrainRequest& request, Classifier& classifier,
                     const Backend& backend, const TrainInput& input) {
  Manifest manifest;
  manifest.algorithm = classifier.name();
  manifest.config = ConfigOf(classifier);
  manifest.data_fingerprint = input.table.fingerprint;
  manifest.data_layout = input.pipeline ? "event log" : "feature table";
  manifest.pipeline = input.pipeline;
  manifest.split = "none";
  manifest.validation_split = "none";
  if (request.validate > 0) {
    double fraction = request.validate;
    manifest.validation_split =
        "random:" + FieldText({"validate", &fraction, "", 0, 1, {}}) + " of customers";
  }
  manifest.seed = static_cast<uint64_t>(IntegerField(classifier.fields(), "seed", 1));
  manifest.simd = TrainedWith(backend);
  manifest.features = SpecOf(input.table);
  return manifest;
}

// What a checkpoint must have been made of to be continued here, to the same bytes.
std::string ProblemText(const Manifest& manifest, const ClassifierTrainRequest& request) {
  const std::string start =
      request.warm_start.empty() ? "none" : HashFile(request.warm_start + "/" + kManifestName);
  std::string text = "algorithm=" + manifest.algorithm + "\ndata=" + manifest.data_fingerprint +
                     "\nvalidate=" + manifest.validation_split +
                     "\nvalidate-metric=" + request.validate_metric +
                     "\npatience=" + std::to_string(request.patience) + "\nwarm-start=" + start +
                     "\nsimd=" + manifest.simd + "\n";
  if (request.sample_negatives < 1) {
    double fraction = request.sample_negatives;
    text += "sample-negatives=" + FieldText({"", &fraction, "", 0, 1, {}}) + "\n";
  }
  for (const auto& [name, value] : manifest.config) text += name + "=" + value + "\n";
  return text;
}

// Empty where `stop` ended it.
OutOfFoldRows CrossValidateAll(const ClassifierTrainRequest& request, const Classifier& classifier,
                               const Backend& backend, const FeatureTable& table,
                               const FitOptions& fit, const StopFlag& stop, Progress& progress) {
  OutOfFoldRows rows;
  for (int64_t repeat = 0; repeat < request.repeats; ++repeat) {
    std::optional<ScoredRows> scored =
        CrossValidate(classifier, backend, table, static_cast<int>(request.cross_validate),
                      static_cast<int>(repeat), fit, stop, progress);
    if (!scored) return {};
    rows.push_back(std::move(*scored));
  }
  return rows;
}

ClassificationReport JudgeRepeats(const OutOfFoldRows& rows, uint64_t seed) {
  ClassificationOptions options;
  options.seed = seed;
  std::vector<ClassificationReport> reports;
  for (const ScoredRows& repeat : rows) reports.push_back(EvaluateClassification(repeat, options));
  return MeanReport(reports);
}

// Some of the rows of each repeat.
OutOfFoldRows RowsAt(const OutOfFoldRows& repeats, const std::vector<int64_t>& at) {
  OutOfFoldRows parts;
  for (const ScoredRows& rows : repeats) {
    ScoredRows& part = parts.emplace_back();
    for (const int64_t row : at) {
      part.probability.push_back(rows.probability[row]);
      part.label.push_back(rows.label[row]);
      part.fold.push_back(rows.fold[row]);
      if (!rows.weight.empty()) part.weight.push_back(rows.weight[row]);
    }
  }
  return parts;
}

// Judged by what no calibrator learned from: what was kept back (calibrators then learn from the
// other rows alone), else the test, else nothing.
CalibrationRecord CalibrateModel(const ClassifierTrainRequest& request, const Model& model,
                                 const OutOfFoldRows& rows, const KeptBack& parts,
                                 const std::optional<FeatureTable>& test) {
  if (parts.watched.rows == 0 && !test) {
    return DecideCalibration(request.calibrate, rows, nullptr, "cross-fitting");
  }
  const ScoredRows holdout = ScoreRows(model, parts.watched.rows > 0 ? parts.watched : *test);
  if (parts.watched.rows == 0) return DecideCalibration(request.calibrate, rows, &holdout, "test");
  return DecideCalibration(request.calibrate, RowsAt(rows, parts.unwatched), &holdout,
                           "validation");
}

// What the cross-validation says of the artifact: of its calibrated probabilities where it has any.
void ReportFolds(const ClassifierTrainRequest& request, OutOfFoldRows rows, uint64_t seed,
                 Manifest* manifest, ClassifierTrainReport* report) {
  if (report->calibration && report->calibration->kept) {
    OutOfFoldRows calibrated = CrossFitCalibration(report->calibration->kept->method, rows);
    if (!calibrated.empty()) rows = std::move(calibrated);
  }
  report->cross_validation = JudgeRepeats(rows, seed);
  manifest->cross_validation = std::to_string(request.cross_validate) + " folds, " +
                               std::to_string(request.repeats) + " repeats";
  manifest->cross_validation_metrics = report->cross_validation->metrics;
}

}  // namespace

ConfigFields FieldsOf(ClassifierTrainRequest& request) {
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
       "what is watched there: auc, pr_auc, log_loss, brier, ece, lift@10%",
       0,
       0,
       {}},
      {"patience",
       &request.patience,
       "epochs without a better metric before training stops; 0: never",
       0,
       1e6,
       {}},
      {"cross-validate",
       &request.cross_validate,
       "folds to judge the settings by before training on all rows; 0: none",
       0,
       1000,
       {}},
      {"repeats",
       &request.repeats,
       "of the cross-validation, each with its own folds",
       1,
       1000,
       {}},
      {"calibrate", &request.calibrate,
       "what a calibrator of the probabilities, fitted to the cross-validation, may be: auto tries "
       "all three; it is kept where log loss and Brier score improve",
       0, 0, CalibrationChoices()},
      {"sample-negatives",
       &request.sample_negatives,
       "share of the rows that did not churn to train on; probabilities still mean the prior of "
       "all "
       "rows",
       1e-6,
       1,
       {}},
      {"test", &request.test, "another table to judge the finished model by", 0, 0, {}},
      {"warm-start",
       &request.warm_start,
       "an artifact of the same algorithm and columns to go on from",
       0,
       0,
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

ClassifierTrainReport RunClassifierTrainJob(const ClassifierTrainRequest& request,
                                            Classifier& classifier, const StopFlag& stop,
                                            Progress& progress) {
  const Clock::time_point begin = Clock::now();
  CheckRequest(request, classifier);
  ArtifactDirectory::Check(WithoutTrailingSlash(request.output), request.resume);
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  TrainInput input = ReadInput(request, backend, progress);
  WriteTables(request.log, input.table, input.test, progress);
  Artifact artifact;
  Manifest& manifest = artifact.manifest;
  manifest = DescribeRun(request, classifier, backend, input);
  std::optional<Artifact> start;
  if (!request.warm_start.empty()) {
    start = LoadWarmStart(request.warm_start, request.data, input.factors, &manifest);
  }
  if (input.test) WarnOfTest(manifest, *input.test, progress);
  progress.Note("device: " + reason);

  ArtifactDirectory directory(WithoutTrailingSlash(request.output), request.resume, progress);
  FitOptions fit;
  fit.validate = request.validate;
  fit.validate_metric = request.validate_metric;
  fit.sample_negatives = request.sample_negatives;
  fit.seed = manifest.seed;
  if (start) fit.start = &start->model;
  fit.trainer.epochs = static_cast<int>(IntegerField(classifier.fields(), "epochs", 1));
  fit.trainer.patience = static_cast<int>(request.patience);

  ClassifierTrainReport report;
  OutOfFoldRows out_of_fold;
  if (request.cross_validate > 0) {
    out_of_fold = CrossValidateAll(request, classifier, backend, input.table, fit, stop, progress);
  }
  artifact.factors = std::move(input.factors);
  artifact.profile = ProfileOf(input.table);
  KeptBack parts = KeepBack(std::move(input.table), fit);
  manifest.train_entries = parts.train.rows;
  manifest.sampling = report.sampling = parts.sampling;
  fit.trainer.checkpoint_seconds = request.checkpoint_seconds;
  fit.trainer.work_directory = directory.work_path();
  fit.trainer.resume = request.resume;
  fit.trainer.problem = ProblemText(manifest, request);
  const std::unique_ptr<Classifier> settled = classifier.Settled(parts.train, stop, progress);
  if (settled) manifest.config = ConfigOf(*settled);
  TrainOutcome outcome =
      FitClassifier(settled ? *settled : classifier, backend, &parts, fit, stop, progress);
  RefuseUnfinished(outcome, fit.trainer.epochs, directory.work_path(),
                   "try a stronger --l2 or a smaller step");

  ClassificationOptions options;
  options.seed = fit.seed;
  artifact.model = std::move(*outcome.model);
  manifest.epochs = outcome.epochs;
  manifest.best_epoch = outcome.best_epoch;
  manifest.loss = outcome.loss;
  if (!out_of_fold.empty()) {
    if (request.calibrate != "none") {
      report.calibration = manifest.calibration =
          CalibrateModel(request, artifact.model, out_of_fold, parts, input.test);
    }
    ReportFolds(request, std::move(out_of_fold), fit.seed, &manifest, &report);
  }
  if (parts.watched.rows > 0) {
    manifest.validation_metrics =
        EvaluateClassification(ScoreRows(artifact, parts.watched), options).metrics;
  }
  if (input.test) {
    report.test = EvaluateClassification(ScoreRows(artifact, *input.test), options);
    report.test_name = input.test_name;
    manifest.test_fingerprint = input.test->fingerprint;
    manifest.test_metrics = report.test->metrics;
  }
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

ClassifierEstimate EstimateClassifierTrainJob(const ClassifierTrainRequest& request,
                                              Classifier& classifier, Progress& progress) {
  CheckRequest(request, classifier);
  std::string reason;
  const Backend& backend = ChooseBackend(request.device, &reason);
  const FeatureTable table = ReadInput(request, backend, progress).table;
  progress.Note("device: " + reason);
  ClassifierEstimate result;
  result.rows = table.rows;
  result.columns = static_cast<int64_t>(table.columns.size());
  const CostEstimate cost = classifier.Estimate(backend, result.rows, result.columns);
  result.host_bytes = cost.host_bytes;
  result.device_bytes = cost.device_bytes;
  result.flops_per_epoch = cost.flops_per_epoch;
  result.bytes_per_epoch = cost.bytes_per_epoch;
  result.epochs = IntegerField(classifier.fields(), "epochs", 1);
  return result;
}

}  // namespace tidewright
