#include <CLI/CLI.hpp>
#include <memory>

#include "cli/classifier_report.h"
#include "cli/command.h"
#include "cli/hazard_report.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "cli/train_report.h"
#include "host/core/errors.h"
#include "host/train/hazard_train_job.h"

namespace tidewright {
namespace {

struct TrainHazardCommand {
  HazardTrainRequest request;
  bool dry_run = false;
  std::unique_ptr<Classifier> trees;
};

int RunTrainHazard(const TrainHazardCommand& train, Progress& progress) {
  if (train.dry_run) {
    WriteOutput(EstimateTable(EstimateHazardTrainJob(train.request, *train.trees, progress)));
    return static_cast<int>(ExitCode::kDone);
  }
  RequireOutput(train.request.output);
  const HazardTrainReport report =
      RunHazardTrainJob(train.request, *train.trees, StopOnSignals(), progress);
  progress.Note(TrainedLine(report, train.request.validate_metric));
  if (report.test) {
    WriteOutput("test: " + report.test_name + "\n\n" + HazardQualityTable(*report.test) + "\n");
  }
  WriteOutput("artifact: " + report.artifact + "\n");
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddHazard(CLI::App& train, CommandContext& context) {
  CLI::App* command = train.add_subcommand(
      "hazard", "boosted trees on an event log (probability of leaving within each of some spans)");
  const auto state = std::make_shared<TrainHazardCommand>();
  state->trees = HazardTrees();
  command->add_option("DATA", state->request.data, "event log with times (HDF5)")
      ->required()
      ->type_name("");
  command->add_option("-o,--output", state->request.output, "the artifact: a directory")
      ->type_name("DIR");
  command->add_option("--config", context.run_file, "options from a file (TOML)")
      ->type_name("FILE");
  command->add_flag("--dry-run", state->dry_run,
                    "say what memory the run would take, and write nothing");
  context.options.Add(*command, HazardFields(state->request), "Model", "hazard");
  context.options.Add(*command, state->trees->fields(), "Model", "hazard");
  context.options.Add(*command, FieldsOf(state->request), "Run");
  context.options.Add(*command, HazardLogFields(state->request), "From an event log");
  context.options.AddList(*command, "signal", "NAME=WEIGHT", &state->request.log.signals,
                          "above 0: a customer who does this is not gone; below 0: a bad sign; 0: "
                          "left out; may be repeated",
                          "From an event log");
  command->callback([state, &context] {
    context.action = [state, &context] { return RunTrainHazard(*state, *context.progress); };
  });
}

}  // namespace tidewright
