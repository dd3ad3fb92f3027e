#include "cli/classifier_report.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/text.h"

namespace tidewright {
namespace {

// Whole ones first, then those at a budget, each in the order that people ask for them.
std::vector<std::string> MetricOrder(const ClassificationReport& report) {
  std::vector<std::string> names;
  for (const char* name :
       {"auc", "pr_auc", "log_loss", "brier", "ece", "base_rate", "mean_probability", "empc"}) {
    if (report.metrics.count(name) > 0) names.emplace_back(name);
  }
  const auto budget = [](const std::string& name) {
    return std::stod(name.substr(name.find('@') + 1));
  };
  for (const char* prefix : {"lift@", "precision@", "recall@"}) {
    const size_t first = names.size();
    for (const auto& [name, value] : report.metrics) {
      if (name.starts_with(prefix)) names.push_back(name);
    }
    std::sort(names.begin() + static_cast<std::ptrdiff_t>(first), names.end(),
              [&](const std::string& a, const std::string& b) { return budget(a) < budget(b); });
  }
  return names;
}

std::string QualityText(const CalibrationQuality& quality) {
  return "log_loss " + FixedText(quality.log_loss, 5) + ", brier " + FixedText(quality.brier, 5) +
         ", ece " + FixedText(quality.ece, 5);
}

}  // namespace

std::string CalibrationLines(const CalibrationRecord& record) {
  std::string text =
      "calibration: " +
      (record.kept ? CalibrationMethodName(record.kept->method) + " is kept"
                   : std::string("none is kept, as none improves both log_loss and brier")) +
      "; judged by " + record.judged_by + "\n";
  constexpr int kMethod = 16;
  text += PadRight("  as it is", kMethod) + QualityText(record.uncalibrated) + "\n";
  for (const auto& [method, quality] : record.tried) {
    text += PadRight("  " + CalibrationMethodName(method), kMethod) + QualityText(quality) + "\n";
  }
  return text;
}

std::string ClassificationTable(const ClassificationReport& report) {
  constexpr int kName = 20;
  constexpr int kNumber = 10;
  constexpr int kInterval = 20;
  std::string table =
      PadRight("metric", kName) + PadLeft("", kNumber) + PadLeft("95 % interval", kInterval) + "\n";
  for (const std::string& name : MetricOrder(report)) {
    const MetricValue& value = report.metrics.at(name);
    table += PadRight(name, kName) + PadLeft(FixedText(value.mean, 4), kNumber) +
             PadLeft(FixedText(value.low, 4) + " - " + FixedText(value.high, 4), kInterval) + "\n";
  }
  table += "\ncalibration: rows  predicted  observed  95 % interval\n";
  for (const CalibrationBin& bin : report.calibration) {
    table += PadLeft(CountText(static_cast<int64_t>(bin.rows + 0.5)), 17) +
             PadLeft(FixedText(bin.predicted, 4), 11) + PadLeft(FixedText(bin.observed, 4), 10) +
             "  " + FixedText(bin.low, 4) + " - " + FixedText(bin.high, 4) + "\n";
  }
  return table;
}

std::string RequirementsJson(const std::vector<Requirement>& requirements,
                             const std::function<double(const Requirement&)>& value_of) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Requirement& requirement : requirements) {
    const double value = value_of(requirement);
    all.push_back({{"metric", requirement.metric},
                   {"comparison", requirement.comparison},
                   {"required", requirement.value},
                   {"value", value},
                   {"met", Holds(requirement, value)}});
  }
  return all.dump();
}

std::string ClassificationJson(const ClassificationReport& report) {
  using Json = nlohmann::ordered_json;
  Json metrics = Json::object();
  for (const auto& [name, value] : report.metrics) {
    metrics[name] = {{"mean", value.mean}, {"low", value.low}, {"high", value.high}};
  }
  Json calibration = Json::array();
  for (const CalibrationBin& bin : report.calibration) {
    calibration.push_back({{"rows", bin.rows},
                           {"predicted", bin.predicted},
                           {"observed", bin.observed},
                           {"low", bin.low},
                           {"high", bin.high}});
  }
  const auto curve = [](const std::vector<CurvePoint>& points) {
    Json json = Json::array();
    for (const CurvePoint& point : points) json.push_back({point.x, point.y});
    return json;
  };
  const Json json = {{"rows", report.rows},
                     {"positives", report.positives},
                     {"metrics", metrics},
                     {"calibration", calibration},
                     {"roc", curve(report.roc)},
                     {"gain", curve(report.gain)},
                     {"empc_fraction", report.empc_fraction}};
  return json.dump();
}

std::string EstimateTable(const ClassifierEstimate& estimate) {
  constexpr int kEstimateName = 16;
  std::string table = PadRight("rows", kEstimateName) + CountText(estimate.rows) + "\n" +
                      PadRight("columns", kEstimateName) + CountText(estimate.columns) + "\n" +
                      PadRight("memory", kEstimateName) + BytesText(estimate.host_bytes) +
                      " at the peak\n";
  if (estimate.device_bytes > 0) {
    table += PadRight("device memory", kEstimateName) + BytesText(estimate.device_bytes) + "\n";
  }
  table += PadRight("an epoch", kEstimateName) +
           SignificantText(estimate.flops_per_epoch / 1e9, 3) + " GFLOP, " +
           BytesText(static_cast<int64_t>(estimate.bytes_per_epoch)) + " moved\n" +
           PadRight("epochs", kEstimateName) + "at most " + CountText(estimate.epochs) + "\n";
  return table;
}

}  // namespace tidewright
