#include "cli/bgnbd_report.h"

#include <nlohmann/json.hpp>

#include "cli/classifier_report.h"
#include "cli/population_text.h"
#include "cli/text.h"

namespace tidewright {
namespace {

using BgnbdOrderedJson = nlohmann::ordered_json;

std::string DumpBgnbd(const BgnbdOrderedJson& json) {
  return json.dump(2, ' ', false, BgnbdOrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace

std::string BgnbdTable(const BgnbdEvaluation& evaluation) {
  std::string table = "bgnbd, " + CountText(evaluation.customers) + " customers, " +
                      CountText(evaluation.churn.positives) + " " + evaluation.label_name + "\n\n" +
                      "events: expected " + FixedText(evaluation.expected_events, 1) +
                      ", observed " + FixedText(evaluation.observed_events, 0) +
                      "; a customer's mean absolute error " +
                      FixedText(evaluation.mean_absolute_error, 4) + ", root mean square " +
                      FixedText(evaluation.root_mean_squared_error, 4) + "\n";
  if (evaluation.newcomers > 0) {
    table += CountText(evaluation.newcomers) + " customers came later and are not counted\n";
  }
  table += "auc of 1 - P(alive) " + FixedText(evaluation.alive_auc, 4) +
           "\n\nrepeat events before   customers   expected   observed\n";
  for (const BgnbdFrequencyRow& row : evaluation.by_frequency) {
    table += PadLeft(std::to_string(row.frequency) + (row.or_more ? "+" : ""), 20) +
             PadLeft(CountText(row.customers), 12) + PadLeft(FixedText(row.expected, 4), 11) +
             PadLeft(FixedText(row.observed, 4), 11) + "\n";
  }
  return table + "\n" + ClassificationTable(evaluation.churn) + GroupTables(evaluation.groups);
}

std::string BgnbdJson(const BgnbdQuestion& question, const BgnbdEvaluation& evaluation,
                      const std::vector<Requirement>& requirements) {
  BgnbdOrderedJson frequencies = BgnbdOrderedJson::array();
  for (const BgnbdFrequencyRow& row : evaluation.by_frequency) {
    frequencies.push_back({{"repeat_events", row.frequency},
                           {"or_more", row.or_more},
                           {"customers", row.customers},
                           {"expected", row.expected},
                           {"observed", row.observed}});
  }
  BgnbdOrderedJson json = {{"artifact", question.artifact},
                           {"data", question.data},
                           {"model", "bgnbd"},
                           {"label", evaluation.label_name},
                           {"customers", evaluation.customers},
                           {"newcomers", evaluation.newcomers},
                           {"events",
                            {{"expected", evaluation.expected_events},
                             {"observed", evaluation.observed_events},
                             {"mean_absolute_error", evaluation.mean_absolute_error},
                             {"root_mean_squared_error", evaluation.root_mean_squared_error},
                             {"by_frequency", frequencies}}},
                           {"alive_auc", evaluation.alive_auc}};
  json.update(BgnbdOrderedJson::parse(ClassificationJson(evaluation.churn)));
  json["groups"] = BgnbdOrderedJson::parse(GroupsJson(evaluation.groups));
  json["requirements"] =
      BgnbdOrderedJson::parse(RequirementsJson(requirements, [&](const Requirement& requirement) {
        return evaluation.churn.metrics.at(requirement.metric).mean;
      }));
  return DumpBgnbd(json);
}

std::string BgnbdExplanationJson(const BgnbdQuestion& question, const std::string& user,
                                 const BgnbdExplanation& explanation) {
  return DumpBgnbd({{"artifact", question.artifact},
                    {"user", user},
                    {"repeat_events", explanation.frequency},
                    {"days_since_first", explanation.first_days},
                    {"days_since_last", explanation.last_days},
                    {"within", question.within},
                    {"p_alive", explanation.alive},
                    {"expected_events", explanation.expected_events},
                    {"probability", explanation.silence},
                    {"text", explanation.text}});
}

}  // namespace tidewright
