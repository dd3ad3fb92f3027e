#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "cli/train_report.h"
#include "host/core/errors.h"
#include "host/train/bgnbd_train_job.h"

namespace tidewright {
namespace {

struct TrainBgnbdCommand {
  BgnbdTrainRequest request;
  BgnbdConfig config;
};

std::string ParameterLine(const std::string& name, double value, double error) {
  return PadRight(name, 8) + PadLeft(SignificantText(value, 5), 12) + "  +- " +
         SignificantText(error, 2) + "\n";
}

int RunTrainBgnbd(const TrainBgnbdCommand& train, Progress& progress) {
  RequireOutput(train.request.output);
  const BgnbdTrainReport report =
      RunBgnbdTrainJob(train.request, train.config, StopOnSignals(), progress);
  progress.Note("fitted " + std::to_string(report.model.customers) + " customers in " +
                FixedText(report.fit_seconds, 2) + " s, " + std::to_string(report.iterations) +
                " iterations, " + std::to_string(report.evaluations) + " evaluations");
  const BgnbdParameters& p = report.model.parameters;
  const std::array<double, 4> errors = StandardErrors(report.model);
  WriteOutput(ParameterLine("r", p.r, errors[0]) + ParameterLine("alpha", p.alpha, errors[1]) +
              ParameterLine("a", p.a, errors[2]) + ParameterLine("b", p.b, errors[3]) +
              "log likelihood " + FixedText(report.log_likelihood, 3) + "; alpha in units of " +
              train.config.unit + "\nartifact: " + report.artifact + "\n");
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddBgnbd(CLI::App& train, CommandContext& context) {
  CLI::App* command = train.add_subcommand(
      "bgnbd", "BG/NBD on an event log (probability of being there, expected events)");
  const auto state = std::make_shared<TrainBgnbdCommand>();
  command->add_option("DATA", state->request.data, "event log with times (HDF5)")
      ->required()
      ->type_name("");
  command->add_option("-o,--output", state->request.output, "the artifact: a directory")
      ->type_name("DIR");
  command->add_option("--config", context.run_file, "options from a file (TOML)")
      ->type_name("FILE");
  context.options.Add(*command, FieldsOf(state->config), "Model", "bgnbd");
  context.options.Add(*command, FieldsOf(state->request), "Run");
  context.options.AddList(
      *command, "signal", "NAME=WEIGHT", &state->request.signals,
      "above 0: its events count; below 0: those of a value below 0; 0: none; may "
      "be repeated",
      "Run");
  command->callback([state, &context] {
    context.action = [state, &context] { return RunTrainBgnbd(*state, *context.progress); };
  });
}

}  // namespace tidewright
