#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/bgnbd_report.h"
#include "cli/classifier_plots.h"
#include "cli/classifier_report.h"
#include "cli/command.h"
#include "cli/hazard_report.h"
#include "cli/output.h"
#include "cli/population_text.h"
#include "cli/text.h"
#include "host/core/errors.h"
#include "host/core/split_text.h"
#include "host/model/artifact.h"
#include "host/plot/classification_plot.h"
#include "host/train/classifier_evaluate_job.h"
#include "host/train/evaluate_job.h"

namespace tidewright {
namespace {

using Json = nlohmann::ordered_json;

struct EvaluateCommand {
  EvaluateRequest request;
  ClassifierEvaluateRequest classifier;
  ClassifierPlots plots;
  std::string within;
  std::vector<std::string> requirements;
  bool json = false;
};

Json MetricsJson(const RankingReport& report) {
  Json json = Json::object();
  for (const auto& [name, value] : report.metrics) {
    json[name] = {{"mean", value.mean}, {"low", value.low}, {"high", value.high}};
  }
  return json;
}

std::string ReportJson(const EvaluateCommand& evaluate, const EvaluateReport& report) {
  const Json requirements = Json::parse(RequirementsJson(
      evaluate.request.requirements,
      [&](const Requirement& requirement) { return ValueOf(requirement.metric, report.model); }));
  const Json json = {{"artifact", evaluate.request.artifact},
                     {"data", evaluate.request.data},
                     {"model", report.algorithm},
                     {"split", report.split},
                     {"users", report.model.users},
                     {"metrics", MetricsJson(report.model)},
                     {"exposure", report.model.exposure},
                     {"baseline",
                      {{"name", "popularity"},
                       {"metrics", MetricsJson(report.popularity)},
                       {"exposure", report.popularity.exposure}}},
                     {"requirements", requirements}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// "recall@20" before "recall@100": by name, then by the number behind the @.
bool TableOrder(const std::string& a, const std::string& b) {
  const std::string name_a = a.substr(0, a.find('@'));
  const std::string name_b = b.substr(0, b.find('@'));
  if (name_a != name_b) return name_a < name_b;
  return CutoffOf(a).value_or(0) < CutoffOf(b).value_or(0);
}

template <class Map>
std::vector<std::string> SortedNames(const Map& metrics) {
  std::vector<std::string> names;
  for (const auto& [name, value] : metrics) names.push_back(name);
  std::sort(names.begin(), names.end(), TableOrder);
  return names;
}

std::string ReportTable(const EvaluateReport& report) {
  constexpr int kName = 20;
  constexpr int kNumber = 10;
  constexpr int kInterval = 20;
  std::string table = CountText(report.model.users) + " users, split " + report.split + "\n\n" +
                      PadRight("metric", kName) + PadLeft(report.algorithm, kNumber) +
                      PadLeft("95 % interval", kInterval) + PadLeft("popularity", kNumber + 4) +
                      "\n";
  for (const std::string& name : SortedNames(report.model.metrics)) {
    const MetricValue& value = report.model.metrics.at(name);
    table += PadRight(name, kName) + PadLeft(FixedText(value.mean, 4), kNumber) +
             PadLeft(FixedText(value.low, 4) + " - " + FixedText(value.high, 4), kInterval) +
             PadLeft(FixedText(report.popularity.metrics.at(name).mean, 4), kNumber + 4) + "\n";
  }
  for (const std::string& name : SortedNames(report.model.exposure)) {
    table += PadRight(name, kName) +
             PadLeft(FixedText(report.model.exposure.at(name), 4), kNumber) +
             PadLeft("", kInterval) +
             PadLeft(FixedText(report.popularity.exposure.at(name), 4), kNumber + 4) + "\n";
  }
  return table;
}

std::string ClassifierJson(const EvaluateCommand& evaluate,
                           const ClassifierEvaluateReport& report) {
  Json json = {{"artifact", evaluate.request.artifact},
               {"data", evaluate.request.data},
               {"model", report.algorithm},
               {"label", report.label_name},
               {"on_training_data", report.on_training_data}};
  json.update(Json::parse(ClassificationJson(report.model)));
  json.update(Json::parse(PopulationJson(report)));
  json["requirements"] = Json::parse(
      RequirementsJson(evaluate.classifier.requirements, [&](const Requirement& requirement) {
        return report.model.metrics.at(requirement.metric).mean;
      }));
  if (!report.importance.empty()) {
    Json importance = Json::array();
    for (const PermutationImportance& one : report.importance) {
      importance.push_back({{"column", one.column},
                            {"auc_drop", one.auc_drop},
                            {"log_loss_rise", one.log_loss_rise}});
    }
    json["permutation_importance"] = importance;
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ImportanceTable(const std::vector<PermutationImportance>& importance) {
  if (importance.empty()) return "";
  std::string table = "\nshuffled" + PadLeft("log_loss rises by", 33) + "   auc drops by\n";
  for (const PermutationImportance& one : importance) {
    table += PadRight(one.column, 24) + PadLeft(FixedText(one.log_loss_rise, 5), 17) +
             PadLeft(FixedText(one.auc_drop, 5), 15) + "\n";
  }
  return table;
}

std::string ClassifierTable(const EvaluateCommand& evaluate,
                            const ClassifierEvaluateReport& report) {
  std::string text = report.algorithm + ", " + CountText(report.model.rows) + " rows, " +
                     CountText(report.model.positives) + " " + report.label_name + "\n\n" +
                     ClassificationTable(report.model) + "\n" + ObservedText(report) +
                     GroupTables(report.groups) + DriftTable(report) +
                     ImportanceTable(report.importance);
  if (evaluate.plots.plot) text += "\n" + DrawClassification(report.model);
  return text;
}

// The results, then exit code 7 where a requirement does not hold.
int Finish(const std::string& text, const std::vector<std::string>& unmet) {
  WriteOutput(text);
  if (unmet.empty()) return static_cast<int>(ExitCode::kDone);
  FlushOutput();
  std::string line;
  for (const std::string& one : unmet) line += (line.empty() ? "" : "; ") + one;
  throw Error(ExitCode::kRequirement, line);
}

int EvaluateClassifier(EvaluateCommand& evaluate, Progress& progress) {
  evaluate.classifier.artifact = evaluate.request.artifact;
  evaluate.classifier.data = evaluate.request.data;
  evaluate.classifier.requirements = evaluate.request.requirements;
  const ClassifierEvaluateReport report = RunClassifierEvaluateJob(evaluate.classifier, progress);
  WriteSvg(evaluate.plots, report.model,
           report.algorithm + ": " + evaluate.request.data + ", " + report.label_name);
  return Finish(
      evaluate.json ? ClassifierJson(evaluate, report) : ClassifierTable(evaluate, report),
      report.unmet);
}

int EvaluateBgnbdModel(EvaluateCommand& evaluate, Progress& progress) {
  if (evaluate.classifier.permutations > 0) {
    throw UsageError("--permutations: a bgnbd model has no columns to shuffle");
  }
  evaluate.classifier.requirements = evaluate.request.requirements;
  const BgnbdQuestion question{evaluate.request.artifact, evaluate.request.data,
                               evaluate.classifier.at, evaluate.within};
  const BgnbdEvaluation result =
      EvaluateBgnbd(question, evaluate.request.requirements, BudgetsOf(evaluate.classifier),
                    SplitAtCommas(evaluate.classifier.by), progress);
  WriteSvg(evaluate.plots, result.churn,
           "bgnbd: " + evaluate.request.data + ", " + result.label_name);
  std::string text = evaluate.json ? BgnbdJson(question, result, evaluate.request.requirements)
                                   : BgnbdTable(result);
  if (evaluate.plots.plot && !evaluate.json) text += "\n" + DrawClassification(result.churn);
  return Finish(text, result.unmet);
}

int EvaluateHazardModel(EvaluateCommand& evaluate, Progress& progress) {
  const auto refuse = [](const std::string& option, const std::string& why) {
    throw UsageError("--" + option + ": a hazard model " + why);
  };
  if (evaluate.classifier.permutations > 0)
    refuse("permutations", "has no one label to shuffle by");
  if (evaluate.classifier.budgets != ClassifierEvaluateRequest().budgets) {
    refuse("budget", "is judged by its periods, not by who can be contacted");
  }
  if (evaluate.plots.plot || !evaluate.plots.svg.empty()) {
    refuse("plot and --svg", "has a probability for each period, and no one curve");
  }
  const HazardEvaluateRequest request{evaluate.request.artifact, evaluate.request.data,
                                      evaluate.classifier.at, evaluate.request.requirements,
                                      evaluate.classifier.by};
  const HazardEvaluation result = EvaluateHazard(request, progress);
  return Finish(evaluate.json ? HazardJson(request, result) : HazardTable(result), result.unmet);
}

int RunEvaluate(EvaluateCommand& evaluate, Progress& progress) {
  for (const std::string& text : evaluate.requirements) {
    evaluate.request.requirements.push_back(ParseRequirement(text));
  }
  CheckRequest(evaluate.request);
  if (HoldsBgnbd(evaluate.request.artifact)) return EvaluateBgnbdModel(evaluate, progress);
  if (!evaluate.classifier.by.empty() && !HoldsClassifier(evaluate.request.artifact)) {
    throw UsageError("--by " + evaluate.classifier.by + ": " + evaluate.request.artifact +
                     " gives no probability of a label to judge by groups; expected a churn model");
  }
  if (!evaluate.within.empty()) {
    throw UsageError("--within: " + evaluate.request.artifact + " is no bgnbd model");
  }
  if (HoldsHazard(evaluate.request.artifact)) return EvaluateHazardModel(evaluate, progress);
  if (HoldsClassifier(evaluate.request.artifact)) return EvaluateClassifier(evaluate, progress);
  if (evaluate.plots.plot || !evaluate.plots.svg.empty()) {
    throw UsageError("--plot and --svg draw the curves of a churn model; " +
                     evaluate.request.artifact + " is a recommender");
  }
  const EvaluateReport report = RunEvaluateJob(evaluate.request, progress);
  return Finish(evaluate.json ? ReportJson(evaluate, report) : ReportTable(report), report.unmet);
}

}  // namespace

void AddEvaluateCommand(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("evaluate", "Judge an artifact by the part of the data kept from it");
  const auto state = std::make_shared<EvaluateCommand>();
  command->add_option("DIR", state->request.artifact, "the artifact")->required()->type_name("");
  command->add_option("DATA", state->request.data, "the data it was trained on, or other data")
      ->required()
      ->type_name("");
  context.options.Add(*command, FieldsOf(state->request));
  context.options.Add(*command, FieldsOf(state->classifier));
  context.options.Add(*command, FieldsOf(state->plots));
  context.options.AddList(*command, "require", "CONDITION", &state->requirements,
                          "as in 'recall@20>=.17': exit 7 where it does not hold; may be repeated");
  context.options.Add(*command, {{"within",
                                  &state->within,
                                  "a bgnbd model: compare with so long after --at; without it to "
                                  "the end of the log",
                                  0,
                                  0,
                                  {}}});
  command->add_flag("--json", state->json, "print JSON");
  command->callback([state, &context] {
    context.action = [state, &context] { return RunEvaluate(*state, *context.progress); };
  });
}

}  // namespace tidewright
