#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/exports.h"
#include "cli/hash_ids.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "cli/train_report.h"
#include "host/core/errors.h"
#include "host/model/model_file.h"
#include "host/train/algorithms.h"
#include "host/train/train_job.h"

namespace tidewright {
namespace {

struct TrainCommand {
  TrainRequest request;
  std::string exports;
  std::string hash_ids;
  bool dry_run = false;
  std::unique_ptr<Algorithm> algorithm;
};

std::string EstimateRow(const std::string& name, const std::string& value) {
  return PadRight(name, 16) + value + "\n";
}

int DryRun(const TrainCommand& train, Progress& progress) {
  const TrainEstimate estimate = EstimateTrainJob(train.request, *train.algorithm, progress);
  const double epoch = estimate.seconds_per_epoch;
  std::string table = EstimateRow("users", CountText(estimate.users)) +
                      EstimateRow("items", CountText(estimate.items)) +
                      EstimateRow("entries", CountText(estimate.entries)) +
                      EstimateRow("memory", BytesText(estimate.host_bytes) + " at the peak");
  if (estimate.device_bytes > 0) {
    table += EstimateRow("device memory", BytesText(estimate.device_bytes) +
                                              (estimate.placement.empty() ? "" : "; ") +
                                              estimate.placement);
  }
  const std::string part = estimate.sample == 1
                               ? "an epoch of this problem"
                               : "epochs of one part in " + CountText(estimate.sample) +
                                     " and one in " + CountText(2 * estimate.sample) + " of it";
  table +=
      EstimateRow("an epoch",
                  DurationText(epoch) + ": " + SignificantText(estimate.flops_per_epoch / 1e9, 3) +
                      " GFLOP at " + SignificantText(estimate.flops_per_epoch / epoch / 1e9, 3) +
                      " GFLOP/s, measured now with " + part +
                      (estimate.placement.empty() ? "" : ", none of which is streamed")) +
      EstimateRow(CountText(estimate.epochs) + " epochs",
                  DurationText(epoch * static_cast<double>(estimate.epochs)));
  WriteOutput(table);
  return static_cast<int>(ExitCode::kDone);
}

// "time: read 0.31 s, transpose 0.05 s, …"
std::string StagesLine(const StageSeconds& stages) {
  std::string line;
  for (const auto& [stage, seconds] : stages) {
    line += (line.empty() ? "time: " : ", ") + stage + " " + DurationText(seconds);
  }
  return line;
}

int RunTrain(const TrainCommand& train, const CLI::App& command, Progress& progress) {
  CheckExportHashIds(command, train.hash_ids, train.exports);
  if (train.dry_run) return DryRun(train, progress);
  RequireOutput(train.request.output);
  const std::vector<ExportRequest> exports =
      PlanExports(train.exports, train.request.output, kFactorKind, train.hash_ids);
  const TrainReport report =
      RunTrainJob(train.request, *train.algorithm, StopOnSignals(), progress);
  progress.Note(TrainedLine(report, train.request.validate_metric));
  progress.Note(StagesLine(report.stages));
  WriteOutput("artifact: " + report.artifact + "\n");
  RunExports(exports, progress);
  if (report.split != "none") {
    WriteOutput("evaluate it with: tidewright evaluate " + report.artifact + " " +
                train.request.data + "\n");
  }
  return static_cast<int>(ExitCode::kDone);
}

void AddModel(CLI::App& train, const AlgorithmEntry& entry, CommandContext& context) {
  CLI::App* command = train.add_subcommand(entry.name, entry.description);
  const auto state = std::make_shared<TrainCommand>();
  state->algorithm = entry.make();
  command->add_option("DATA", state->request.data, "event log or matrix (HDF5)")
      ->required()
      ->type_name("");
  command->add_option("-o,--output", state->request.output, "the artifact: a directory")
      ->type_name("DIR");
  command->add_option("--config", context.run_file, "options from a file (TOML)")
      ->type_name("FILE");
  command->add_flag("--dry-run", state->dry_run,
                    "say what memory and time the run would take, and write nothing");
  context.options.Add(*command, state->algorithm->fields(), "Model", entry.name);
  context.options.Add(*command, FieldsOf(state->request), "Run");
  context.options.Add(*command, {ExportField(&state->exports)}, "Run");
  AddHashIds(*command, context, &state->hash_ids, "the ids of what --export writes", "Run");
  context.options.AddList(*command, "signal", "NAME=WEIGHT", &state->request.signals,
                          "how much a signal counts; negative: a dislike; may be repeated", "Run");
  command->callback([state, command, &context] {
    context.action = [state, command, &context] {
      return RunTrain(*state, *command, *context.progress);
    };
  });
}

}  // namespace

void AddTrainCommand(CLI::App& app, CommandContext& context) {
  CLI::App* train = app.add_subcommand("train", "Train a model and save it as an artifact");
  train->require_subcommand(1);
  for (const AlgorithmEntry& entry : Algorithms()) AddModel(*train, entry, context);
  AddClassifiers(*train, context);
  AddHazard(*train, context);
  AddBgnbd(*train, context);
}

}  // namespace tidewright
