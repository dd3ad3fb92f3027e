#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/text.h"
#include "host/core/errors.h"
#include "host/train/score_job.h"

namespace tidewright {
namespace {

struct ScoreCommand {
  ScoreRequest request;
  std::string output;
};

int RunScore(const ScoreCommand& score, Progress& progress) {
  const Scores scores = RunScoreJob(score.request, progress);
  if (score.output.empty() || score.output == "-") {
    WriteScoreLines(scores, WriteOutput);
  } else {
    WriteScoreFile(scores, score.output);
    progress.Note("wrote " + score.output + ": " + CountText(scores.ids.size()) +
                  " probabilities of " + scores.label_name);
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddScoreCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("score", "Give every row of a table its probability, from an artifact");
  const auto state = std::make_shared<ScoreCommand>();
  command->add_option("DIR", state->request.artifact, "the artifact")->required()->type_name("");
  command->add_option("DATA", state->request.data, "feature table (HDF5)")
      ->required()
      ->type_name("");
  command
      ->add_option("-o,--output", state->output,
                   "NDJSON, or HDF5 where it ends in .h5; -: NDJSON on standard output")
      ->type_name("FILE");
  command->callback([state, &context] {
    context.action = [state, &context] { return RunScore(*state, *context.progress); };
  });
}

}  // namespace tidewright
