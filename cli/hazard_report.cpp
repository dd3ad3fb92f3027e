#include "cli/hazard_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/classifier_report.h"
#include "cli/population_text.h"
#include "cli/text.h"

namespace tidewright {
namespace {

using HazardOrderedJson = nlohmann::ordered_json;

constexpr int kHazardNumber = 12;

std::string HazardCell(double value, int decimals) {
  return PadLeft(FixedText(value, decimals), kHazardNumber);
}

// JSON has no NaN: where one period was judged there is no integral.
HazardOrderedJson NumberOrNull(double value) {
  return std::isnan(value) ? HazardOrderedJson() : HazardOrderedJson(value);
}

}  // namespace

std::string HazardQualityTable(const HazardQuality& quality) {
  std::string table = PadRight("left within", 14) + PadLeft("auc", kHazardNumber) +
                      PadLeft("brier", kHazardNumber) + PadLeft("baseline", kHazardNumber) +
                      PadLeft("expected", kHazardNumber) + PadLeft("left", kHazardNumber) + "\n";
  for (const HazardPeriodQuality& one : quality.periods) {
    table += PadRight(one.period, 14) + HazardCell(one.auc, 4) + HazardCell(one.brier, 4) +
             HazardCell(one.baseline_brier, 4) + HazardCell(one.expected, 1) +
             PadLeft(CountText(one.left), kHazardNumber) + "\n";
  }
  if (quality.periods.size() > 1) {
    table += PadRight("integrated", 14) + PadLeft("", kHazardNumber) +
             HazardCell(quality.integrated_brier, 4) +
             HazardCell(quality.baseline_integrated_brier, 4) + "\n";
  }
  return table + "baseline: the Kaplan-Meier curve of these customers, the same for each of them\n";
}

std::string HazardTable(const HazardEvaluation& evaluation) {
  const HazardQuality& quality = evaluation.quality;
  ClassifierEvaluateReport drift;
  drift.drift = evaluation.drift;
  std::string groups = GroupTables(evaluation.groups);
  if (!groups.empty()) {
    groups = "\ngroups: who left within " + evaluation.groups_period + "\n" + groups;
  }
  return "hazard, " + CountText(quality.customers) + " customers, followed for " +
         FixedText(quality.followed_days, 1) + " days, " + CountText(quality.left) +
         " seen to leave\n\n" + HazardQualityTable(quality) + groups + DriftTable(drift);
}

std::string HazardJson(const HazardEvaluateRequest& request, const HazardEvaluation& evaluation) {
  const HazardQuality& quality = evaluation.quality;
  HazardOrderedJson periods = HazardOrderedJson::array();
  for (const HazardPeriodQuality& one : quality.periods) {
    periods.push_back({{"within", one.period},
                       {"auc", one.auc},
                       {"brier", one.brier},
                       {"baseline_brier", one.baseline_brier},
                       {"expected", one.expected},
                       {"left", one.left},
                       {"kaplan_meier", one.kaplan_meier}});
  }
  HazardOrderedJson metrics = HazardOrderedJson::object();
  for (const auto& [name, value] : MetricsOf(quality)) metrics[name] = {{"mean", value.mean}};
  HazardOrderedJson drift = HazardOrderedJson::array();
  for (const ColumnDrift& one : evaluation.drift) {
    drift.push_back({{"column", one.column}, {"psi", one.psi}});
  }
  const std::string held = RequirementsJson(
      request.requirements,
      [&](const Requirement& requirement) { return ValueOf(requirement, quality); });
  const HazardOrderedJson json = {
      {"artifact", request.artifact},
      {"data", request.data},
      {"model", "hazard"},
      {"label", evaluation.label_name},
      {"on_training_data", evaluation.on_training_data},
      {"customers", quality.customers},
      {"left", quality.left},
      {"followed_days", quality.followed_days},
      {"periods", periods},
      {"metrics", metrics},
      {"baseline",
       {{"name", "kaplan-meier"},
        {"integrated_brier", NumberOrNull(quality.baseline_integrated_brier)}}},
      {"drift", drift},
      {"groups_within", evaluation.groups.empty() ? HazardOrderedJson()
                                                  : HazardOrderedJson(evaluation.groups_period)},
      {"groups", HazardOrderedJson::parse(GroupsJson(evaluation.groups))},
      {"requirements", HazardOrderedJson::parse(held)}};
  return json.dump(2, ' ', false, HazardOrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tidewright
