#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/hash_ids.h"
#include "cli/output.h"
#include "cli/population_text.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "host/core/errors.h"
#include "host/train/score_job.h"
#include "host/train/score_sinks.h"

namespace tidewright {
namespace {

struct ScoreCommand {
  ScoreRequest request;
  std::string output;
  std::string hash_ids;
};

int RunScore(const ScoreCommand& score, Progress& progress) {
  const bool to_file = !score.output.empty() && score.output != "-";
  std::unique_ptr<ScoreSink> sink =
      to_file ? MakeScoreFile(score.output, score.request.resume, progress)
              : MakeScoreLines(WriteOutput);
  if (!score.hash_ids.empty()) sink = WithHashedIds(std::move(sink), score.hash_ids);
  const StopFlag never;
  const StopFlag& stop = score.request.resume ? StopOnSignals() : never;
  const ScoreSummary summary = RunScoreJob(score.request, *sink, stop, progress);
  if (summary.cohort.rows > 0) {
    progress.Note(summary.label_name + ": " + CohortText(summary.cohort));
  }
  if (to_file) {
    progress.Note("wrote " + score.output + ": " + CountText(summary.rows) + " probabilities of " +
                  summary.label_name);
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddScoreCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand(
      "score", "Give every customer of a table or log a probability, from an artifact");
  const auto state = std::make_shared<ScoreCommand>();
  command->add_option("DIR", state->request.artifact, "the artifact")->required()->type_name("");
  command
      ->add_option("DATA", state->request.data,
                   "feature table, or the event log of a model that was trained on one (HDF5)")
      ->required()
      ->type_name("");
  command
      ->add_option("-o,--output", state->output,
                   "NDJSON, or HDF5 where it ends in .h5; -: NDJSON on standard output")
      ->type_name("FILE");
  command
      ->add_option("--at", state->request.at,
                   "of an event log: score customers as of this date; latest: its last event")
      ->type_name("DATE");
  command
      ->add_option("--within", state->request.within,
                   "of a bgnbd model: how far ahead to look (default 30d)")
      ->type_name("SPAN");
  context.options.Add(*command, FieldsOf(state->request));
  AddHashIds(*command, context, &state->hash_ids);
  command->callback([state, command, &context] {
    context.action = [state, command, &context] {
      CheckHashIds(*command, state->hash_ids);
      return RunScore(*state, *context.progress);
    };
  });
}

}  // namespace tidewright
