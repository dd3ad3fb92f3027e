#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/hash_ids.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "host/core/errors.h"
#include "host/train/recommend_job.h"
#include "host/train/recommendation_sinks.h"

namespace tidewright {
namespace {

struct RecommendCommand {
  RecommendRequest request;
  std::string output;
  std::string hash_ids;
  bool table = false;
};

// For people: rank, item, name, score.
class TableSink : public RecommendationSink {
 public:
  void Begin(const IdTable& items, const IdTable* names) override {
    items_ = &items;
    names_ = names;
  }
  void Write(const std::vector<RecommendedItems>& users) override {
    for (const RecommendedItems& user : users) WriteUser(user);
  }
  void Finish() override {}

 private:
  void WriteUser(const RecommendedItems& user) {
    std::string text = (first_ ? "user " : "\nuser ") + std::string(user.user) + "\n";
    first_ = false;
    if (user.count == 0) text += "   nothing is left to recommend\n";
    for (int64_t rank = 0; rank < user.count; ++rank) {
      const int32_t item = user.items[rank];
      text += PadLeft(std::to_string(rank + 1), 4) + "  " +
              PadLeft(FixedText(user.scores[rank], 4), 8) + "  " +
              PadRight(std::string((*items_)[item]), 14);
      if (names_ != nullptr) text += "  " + std::string((*names_)[item]);
      text += "\n";
    }
    WriteOutput(text);
  }

  const IdTable* items_ = nullptr;
  const IdTable* names_ = nullptr;
  bool first_ = true;
};

std::unique_ptr<RecommendationSink> MakeSink(const RecommendCommand& recommend,
                                             Progress& progress) {
  if (recommend.table && !recommend.output.empty()) {
    throw UsageError("--table goes to standard output; leave --output out");
  }
  if (recommend.table || (recommend.output.empty() && isatty(STDOUT_FILENO))) {
    return std::make_unique<TableSink>();
  }
  if (recommend.output.empty() || recommend.output == "-") {
    return std::make_unique<NdjsonSink>(WriteOutput);
  }
  return MakeFileSink(recommend.output, recommend.request.resume, progress);
}

int RunRecommend(const RecommendCommand& recommend, Progress& progress) {
  std::unique_ptr<RecommendationSink> sink = MakeSink(recommend, progress);
  if (!recommend.hash_ids.empty()) sink = WithHashedIds(std::move(sink), recommend.hash_ids);
  const StopFlag never;
  const StopFlag& stop = recommend.request.resume ? StopOnSignals() : never;
  const int64_t users = RunRecommendJob(recommend.request, *sink, stop, progress);
  if (!recommend.output.empty() && recommend.output != "-") {
    progress.Note("wrote " + recommend.output + ": " + CountText(users) + " users");
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddRecommendCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("recommend", "Recommend items to users of an artifact");
  const auto state = std::make_shared<RecommendCommand>();
  command->add_option("DIR", state->request.artifact, "the artifact")->required()->type_name("");
  command
      ->add_option("-o,--output", state->output,
                   "NDJSON, or HDF5 where it ends in .h5; -: NDJSON on standard output")
      ->type_name("FILE");
  command->add_flag("--table", state->table,
                    "a table for people; the default on a terminal without --output");
  context.options.Add(*command, FieldsOf(state->request));
  AddHashIds(*command, context, &state->hash_ids);
  command->callback([state, command, &context] {
    context.action = [state, command, &context] {
      CheckHashIds(*command, state->hash_ids);
      return RunRecommend(*state, *context.progress);
    };
  });
}

}  // namespace tidewright
