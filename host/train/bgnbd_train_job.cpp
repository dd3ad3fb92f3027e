#include "host/train/bgnbd_train_job.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "host/backend/backend.h"
#include "host/core/clock.h"
#include "host/core/errors.h"
#include "host/core/time.h"
#include "host/model/artifact.h"
#include "host/train/artifact_directory.h"
#include "host/train/log_input.h"
#include "host/train/require.h"
#include "host/train/run_outcome.h"
#include "host/train/training_data.h"

namespace tidewright {
namespace {

const Backend& BgnbdBackend(const std::string& device, std::string* reason) {
  const Backend& backend = ChooseBackend(device, reason);
  Require(backend.make_bgnbd, backend, "bgnbd");
  return backend;
}

Manifest DescribeBgnbd(BgnbdConfig& config, const Dataset& dataset,
                       const std::vector<float>& weights, const Backend& backend) {
  Manifest manifest;
  manifest.algorithm = "bgnbd";
  for (const ConfigField& field : FieldsOf(config)) {
    manifest.config.emplace_back(field.name, FieldText(field));
  }
  manifest.data_fingerprint = dataset.fingerprint;
  manifest.data_layout = "event log";
  for (size_t s = 0; s < weights.size(); ++s) {
    manifest.signals.emplace_back(dataset.log->signal_names[s], weights[s]);
  }
  manifest.split = "none";
  manifest.validation_split = "none";
  manifest.simd = TrainedWith(backend);
  return manifest;
}

// The first event and how many there are, as the histories have them.
void AddEventCounts(const std::vector<PurchaseHistory>& histories, const BgnbdModel& model,
                    Manifest* manifest) {
  manifest->train_begin = model.cutoff;
  manifest->train_end = model.cutoff;
  for (const PurchaseHistory& history : histories) {
    if (history.frequency < 0) continue;
    manifest->train_entries += history.frequency + 1;
    manifest->train_begin = std::min(manifest->train_begin, model.cutoff - history.age);
  }
}

}  // namespace

ConfigFields FieldsOf(BgnbdTrainRequest& request) {
  return {{"device", &request.device, "auto, cpu, cuda or cuda:N", 0, 0, {}},
          {"cutoff",
           &request.cutoff,
           "the end of calibration: a date, or latest for the last event",
           0,
           0,
           {}}};
}

BgnbdTrainReport RunBgnbdTrainJob(const BgnbdTrainRequest& request, BgnbdConfig config,
                                  const StopFlag& stop, Progress& progress) {
  const Clock::time_point begin = Clock::now();
  CheckFields(FieldsOf(config), "bgnbd");
  BgnbdTrainReport report;
  BgnbdModel& model = report.model;
  model.unit = SpanOf("unit", config.unit, false);
  model.merge = SpanOf("merge", config.merge, true);
  if (request.cutoff != "latest") CutoffTime("cutoff", request.cutoff);
  std::vector<SignalWeight> asked;
  for (const std::string& text : request.signals) asked.push_back(ParseSignal(text));
  ArtifactDirectory::Check(WithoutTrailingSlash(request.output), false);
  std::string reason;
  const Backend& backend = BgnbdBackend(request.device, &reason);
  const Dataset dataset = ReadTimedLog(request.data, false);
  const std::vector<float> weights = ResolveSignalWeights(*dataset.log, asked);
  model.cutoff = CutoffOrLatest("cutoff", request.cutoff, dataset, progress);
  progress.Note("device: " + reason);
  ArtifactDirectory directory(WithoutTrailingSlash(request.output), false, progress);

  const Clock::time_point fit_begin = Clock::now();
  const std::vector<PurchaseHistory> histories =
      ReadHistories(*dataset.log, dataset.users.size(), {weights, model.merge}, model.cutoff);
  const PurchaseCells cells = GatherCells(histories, model.unit);
  for (const double customers : cells.customers) {
    model.customers += static_cast<int64_t>(customers);
  }
  progress.Note(std::to_string(model.customers) + " customers up to " + FormatTime(model.cutoff) +
                ", " + std::to_string(cells.size()) + " different histories");
  const std::unique_ptr<BgnbdSummer> summer = backend.make_bgnbd(cells);
  BgnbdFit fit;
  try {
    fit = FitBgnbd(config, cells, *summer, stop);
  } catch (const DataError& error) {
    throw DataError(request.data + ": " + error.what());
  }
  if (fit.stopped) {
    throw Error(ExitCode::kPreempted, "stopped by a signal; nothing was saved; start it again");
  }
  report.fit_seconds = SecondsSince(fit_begin);
  model.parameters = fit.parameters;
  model.log_covariance = fit.log_covariance;
  report.histories = cells.size();
  report.log_likelihood = fit.log_likelihood;
  report.iterations = fit.iterations;
  report.evaluations = fit.evaluations;

  Artifact artifact;
  artifact.manifest = DescribeBgnbd(config, dataset, weights, backend);
  AddEventCounts(histories, model, &artifact.manifest);
  artifact.manifest.epochs = fit.iterations;
  artifact.manifest.best_epoch = fit.iterations;
  artifact.manifest.loss = -fit.log_likelihood;
  artifact.model = model;
  report.artifact = WithoutTrailingSlash(request.output);
  report.seconds = SecondsSince(begin);
  WriteArtifactFiles(directory.work_path(), artifact,
                     RecordRun({}, backend, report.seconds, request.data));
  directory.Commit();
  return report;
}

}  // namespace tidewright
