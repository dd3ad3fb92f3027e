#include <CLI/CLI.hpp>
#include <memory>

#include "cli/bgnbd_report.h"
#include "cli/command.h"
#include "cli/explanation_text.h"
#include "cli/output.h"
#include "host/core/errors.h"
#include "host/model/artifact.h"

namespace tidewright {
namespace {

struct ExplainCommand {
  std::string artifact;
  std::string id;
  std::string user;
  std::string item;
  std::string data;
  std::string at;
  std::string within;
  int64_t items = 3;
  int64_t top = 5;
  bool json = false;
};

ConfigFields FieldsOf(ExplainCommand& explain) {
  return {
      {"id", &explain.id, "of a churn model: the customer", 0, 0, {}},
      {"user", &explain.user, "of a recommender: the user", 0, 0, {}},
      {"item",
       &explain.item,
       "of a recommender: the item; without it the best ones for the user",
       0,
       0,
       {}},
      {"data",
       &explain.data,
       "the table or log that holds the customer; without it the one that was trained on. Of a "
       "recommender a log of what users have seen, in place of the artifact's history",
       0,
       0,
       {}},
      {"at",
       &explain.at,
       "of a churn model from an event log: as of this date; latest where not given",
       0,
       0,
       {}},
      {"within",
       &explain.within,
       "of a bgnbd model: how far ahead to look; 30d where not given",
       0,
       0,
       {}},
      {"items", &explain.items, "how many items to explain where --item names none", 1, 1000, {}},
      {"top", &explain.top, "how many reasons to print one by one", 1, 1000000, {}},
  };
}

std::string ExplainCustomer(const ExplainCommand& explain, Progress& progress) {
  const std::string& user = explain.user.empty() ? explain.id : explain.user;
  if (user.empty()) throw UsageError("say whom to explain: --user ID");
  if (!explain.item.empty()) throw UsageError("--item: a bgnbd model knows nothing of items");
  const BgnbdQuestion question{explain.artifact, explain.data, explain.at,
                               explain.within.empty() ? "30d" : explain.within};
  const BgnbdExplanation result = ExplainBgnbd(question, user, progress);
  return explain.json ? BgnbdExplanationJson(question, user, result)
                      : user + ": " + result.text + "\n";
}

std::string Explain(ExplainCommand& explain, Progress& progress) {
  CheckFields(FieldsOf(explain), "explain");
  if (HoldsBgnbd(explain.artifact)) return ExplainCustomer(explain, progress);
  if (!explain.within.empty()) {
    throw UsageError("--within: " + explain.artifact + " is no bgnbd model");
  }
  if (explain.id.empty() == explain.user.empty()) {
    throw UsageError("say whom to explain: --id ID for a classifier, --user ID for a recommender");
  }
  if (!explain.user.empty()) {
    if (HoldsClassifier(explain.artifact)) {
      throw UsageError("--user: " + explain.artifact +
                       " is a churn model, whose customers are named by --id");
    }
    const ExplainItemsRequest request{explain.artifact, explain.user, explain.item, explain.data,
                                      explain.items};
    const ItemExplanations result = RunExplainItemsJob(request, progress);
    return explain.json ? ExplanationJson(request, result)
                        : ExplanationText(request, result, explain.top);
  }
  if (!explain.item.empty()) throw UsageError("--item goes with --user, not with --id");
  const ExplainScoreRequest request{explain.artifact, explain.data, explain.id, explain.at};
  const ScoreExplanations result = RunExplainScoreJob(request, progress);
  return explain.json ? ExplanationJson(request, result)
                      : ExplanationText(request, result, explain.top);
}

}  // namespace

void AddExplainCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("explain", "Say what a probability or a recommendation comes from");
  const auto state = std::make_shared<ExplainCommand>();
  command->add_option("DIR", state->artifact, "the artifact")->required()->type_name("");
  context.options.Add(*command, FieldsOf(*state));
  command->add_flag("--json", state->json, "print JSON, with every reason");
  command->callback([state, &context] {
    context.action = [state, &context] {
      WriteOutput(Explain(*state, *context.progress));
      return static_cast<int>(ExitCode::kDone);
    };
  });
}

}  // namespace tidewright
