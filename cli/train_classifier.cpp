#include <CLI/CLI.hpp>
#include <memory>

#include "cli/classifier_plots.h"
#include "cli/classifier_report.h"
#include "cli/command.h"
#include "cli/exports.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "cli/train_report.h"
#include "host/core/errors.h"
#include "host/plot/classification_plot.h"
#include "host/train/classifier_train_job.h"

namespace tidewright {
namespace {

struct TrainClassifierCommand {
  ClassifierTrainRequest request;
  ClassifierPlots plots;
  std::string exports;
  bool dry_run = false;
  std::string model_kind;
  std::unique_ptr<Classifier> classifier;
};

int DryRunClassifier(const TrainClassifierCommand& train, Progress& progress) {
  const ClassifierEstimate estimate =
      EstimateClassifierTrainJob(train.request, *train.classifier, progress);
  WriteOutput(EstimateTable(estimate));
  return static_cast<int>(ExitCode::kDone);
}

void WriteReport(const std::string& title, const std::optional<ClassificationReport>& report,
                 bool plot) {
  if (!report) return;
  WriteOutput(title + "\n\n" + ClassificationTable(*report) + "\n");
  if (plot) WriteOutput(DrawClassification(*report) + "\n");
}

void RefusePlotsOfNothing(const TrainClassifierCommand& train) {
  const bool asked = train.plots.plot || !train.plots.svg.empty();
  if (asked && train.request.cross_validate == 0 && train.request.test.empty()) {
    throw UsageError(
        "--plot and --svg draw what a cross-validation or a test says; add --cross-validate or "
        "--test");
  }
}

int RunTrainClassifier(const TrainClassifierCommand& train, Progress& progress) {
  if (train.dry_run) return DryRunClassifier(train, progress);
  RequireOutput(train.request.output);
  RefusePlotsOfNothing(train);
  const std::vector<ExportRequest> exports =
      PlanExports(train.exports, train.request.output, train.model_kind);
  const ClassifierTrainReport report =
      RunClassifierTrainJob(train.request, *train.classifier, StopOnSignals(), progress);
  progress.Note(TrainedLine(report, train.request.validate_metric));
  if (report.sampling) {
    progress.Note("trained on " + CountText(report.sampling->kept) + " of " +
                  CountText(report.sampling->negatives) + " rows that did not churn; " +
                  FixedText(report.sampling->log_odds, 4) +
                  " added to the log-odds makes up for it");
  }
  const std::string folds = std::to_string(train.request.cross_validate) + " folds, " +
                            std::to_string(train.request.repeats) + " repeats";
  WriteReport("cross-validation: " + folds, report.cross_validation, train.plots.plot);
  if (report.calibration) WriteOutput(CalibrationLines(*report.calibration) + "\n");
  WriteReport("test: " + report.test_name, report.test, train.plots.plot);
  if (report.test) {
    WriteSvg(train.plots, *report.test, train.classifier->name() + ": " + report.test_name);
  } else if (report.cross_validation) {
    WriteSvg(train.plots, *report.cross_validation,
             train.classifier->name() + ": " + train.request.data + ", " + folds);
  }
  WriteOutput("artifact: " + report.artifact + "\n");
  RunExports(exports, progress);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddClassifiers(CLI::App& train, CommandContext& context) {
  for (const ClassifierEntry& entry : Classifiers()) {
    CLI::App* command = train.add_subcommand(entry.name, entry.description);
    const auto state = std::make_shared<TrainClassifierCommand>();
    state->classifier = entry.make();
    state->model_kind = entry.model_kind;
    command
        ->add_option("DATA", state->request.data,
                     "feature table, or event log with --cutoff (HDF5)")
        ->required()
        ->type_name("");
    command->add_option("-o,--output", state->request.output, "the artifact: a directory")
        ->type_name("DIR");
    command->add_option("--config", context.run_file, "options from a file (TOML)")
        ->type_name("FILE");
    command->add_flag("--dry-run", state->dry_run,
                      "say what memory the run would take, and write nothing");
    context.options.Add(*command, state->classifier->fields(), "Model", entry.name);
    context.options.Add(*command, FieldsOf(state->request), "Run");
    context.options.Add(*command, FieldsOf(state->request.log), "From an event log");
    context.options.AddList(
        *command, "signal", "NAME=WEIGHT", &state->request.log.signals,
        "above 0: a customer who does this is not gone; below 0: a bad sign; 0: "
        "left out; may be repeated",
        "From an event log");
    context.options.Add(*command, FieldsOf(state->plots), "Run");
    context.options.Add(*command, {ExportField(&state->exports)}, "Run");
    command->callback([state, &context] {
      context.action = [state, &context] { return RunTrainClassifier(*state, *context.progress); };
    });
  }
}

}  // namespace tidewright
