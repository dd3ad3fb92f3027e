#include "cli/population_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/text.h"
#include "host/data/table_profile.h"

namespace tidewright {
namespace {

using PopulationObject = nlohmann::ordered_json;

constexpr int kGroupName = 26;
constexpr int kGroupNumber = 10;
constexpr int kGroupInterval = 17;
constexpr int kDriftNumber = 11;

std::string NumberOrDash(const std::optional<double>& value) {
  return PadLeft(value ? FixedText(*value, 4) : "-", kGroupNumber);
}

std::string AucInterval(const GroupQuality& group) {
  const auto found = group.intervals.find("auc");
  if (found == group.intervals.end()) return "-";
  return FixedText(found->second.low, 4) + " - " + FixedText(found->second.high, 4);
}

std::string GroupRow(const GroupQuality& group) {
  return PadRight(group.group, kGroupName) + PadLeft(CountText(group.rows), 9) +
         PadLeft(FixedText(group.observed, 4), kGroupNumber) +
         PadLeft(FixedText(group.predicted, 4), kGroupNumber) + NumberOrDash(group.auc) +
         PadLeft(AucInterval(group), kGroupInterval) +
         PadLeft(FixedText(group.ece, 4), kGroupNumber) + NumberOrDash(group.lift) +
         (group.is_off ? "   off" : "") + (group.is_small ? "   small" : "") + "\n";
}

PopulationObject OptionalNumber(const std::optional<double>& value) {
  return value ? PopulationObject(*value) : PopulationObject();
}

}  // namespace

std::string CohortText(const CohortRate& cohort) {
  return FixedText(cohort.expected * cohort.rows, 1) + " of " +
         CountText(static_cast<int64_t>(cohort.rows + 0.5)) + " expected (" +
         PercentText(cohort.expected) + "), 95 % prediction interval " + PercentText(cohort.low) +
         " to " + PercentText(cohort.high);
}

std::string ObservedText(const ClassifierEvaluateReport& report) {
  const double observed = report.model.metrics.at("base_rate").mean;
  const bool inside = observed >= report.cohort.low && observed <= report.cohort.high;
  return "cohort: " + CohortText(report.cohort) + "; observed " + PercentText(observed) +
         (inside ? "" : ", outside it") + "\n";
}

std::string GroupTables(const GroupReport& report) {
  std::string text;
  bool off = false;
  bool small = false;
  for (const auto& [by, groups] : report) {
    text += "\n" + PadRight("by " + by, kGroupName) + PadLeft("rows", 9) +
            PadLeft("observed", kGroupNumber) + PadLeft("predicted", kGroupNumber) +
            PadLeft("auc", kGroupNumber) + PadLeft("95 % interval", kGroupInterval) +
            PadLeft("ece", kGroupNumber) + PadLeft("lift@10%", kGroupNumber) + "\n";
    for (const GroupQuality& group : groups) {
      text += GroupRow(group);
      off = off || group.is_off;
      small = small || group.is_small;
    }
  }
  if (off) {
    text +=
        "off: observed is further from predicted than chance would have it in 99 of 100 such "
        "groups\n";
  }
  if (small) text += "small: under 100 rows, or 10 of a class; the figures are mostly chance\n";
  return text;
}

std::string DriftTable(const ClassifierEvaluateReport& report) {
  if (report.drift.empty()) return "";
  const auto above = [&](double limit) {
    return std::count_if(report.drift.begin(), report.drift.end(),
                         [limit](const ColumnDrift& one) { return one.psi > limit; });
  };
  std::string text =
      "\ndrift since the training (population stability index): " + CountText(above(kStrongDrift)) +
      " of " + CountText(static_cast<int64_t>(report.drift.size())) + " columns above 0.2, " +
      CountText(above(kSlightDrift) - above(kStrongDrift)) + " from 0.1 to 0.2\n";
  constexpr size_t kShown = 5;
  for (size_t i = 0; i < std::min(kShown, report.drift.size()); ++i) {
    text += "  " + PadRight(report.drift[i].column, 34) +
            PadLeft(FixedText(report.drift[i].psi, 4), kDriftNumber) + "\n";
  }
  return text;
}

std::string GroupsJson(const GroupReport& report) {
  PopulationObject by = PopulationObject::object();
  for (const auto& [name, groups] : report) {
    PopulationObject list = PopulationObject::array();
    for (const GroupQuality& group : groups) {
      PopulationObject intervals = PopulationObject::object();
      for (const auto& [metric, value] : group.intervals) {
        intervals[metric] = {{"low", value.low}, {"high", value.high}};
      }
      list.push_back({{"group", group.group},
                      {"rows", group.rows},
                      {"positives", group.positives},
                      {"observed", group.observed},
                      {"predicted", group.predicted},
                      {"auc", OptionalNumber(group.auc)},
                      {"ece", group.ece},
                      {"lift@10%", OptionalNumber(group.lift)},
                      {"intervals", intervals},
                      {"off", group.is_off},
                      {"small", group.is_small}});
    }
    by[name] = std::move(list);
  }
  return by.dump(-1, ' ', false, PopulationObject::error_handler_t::replace);
}

std::string PopulationJson(const ClassifierEvaluateReport& report) {
  PopulationObject drift = PopulationObject::array();
  for (const ColumnDrift& one : report.drift) {
    drift.push_back({{"column", one.column}, {"psi", one.psi}});
  }
  const PopulationObject json = {{"cohort",
                                  {{"rows", report.cohort.rows},
                                   {"expected", report.cohort.expected * report.cohort.rows},
                                   {"expected_rate", report.cohort.expected},
                                   {"low", report.cohort.low},
                                   {"high", report.cohort.high},
                                   {"observed_rate", report.model.metrics.at("base_rate").mean}}},
                                 {"drift", drift},
                                 {"groups", PopulationObject::parse(GroupsJson(report.groups))}};
  return json.dump(-1, ' ', false, PopulationObject::error_handler_t::replace);
}

}  // namespace tidewright
