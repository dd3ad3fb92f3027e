#include "host/metrics/group_quality.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace tidewright {
namespace {

constexpr int64_t kFewRows = 100;
constexpr int64_t kFewOfAClass = 10;
constexpr int kSamples = 200;
constexpr double kNormal99 = 2.5758293035489004;

GroupQuality JudgeGroup(const std::string& name, const ScoredRows& rows) {
  GroupQuality quality;
  quality.group = name;
  quality.rows = static_cast<int64_t>(rows.label.size());
  quality.positives = std::count(rows.label.begin(), rows.label.end(), 1.0f);
  double weight = 0;
  double observed = 0;
  double predicted = 0;
  double variance = 0;
  for (size_t row = 0; row < rows.label.size(); ++row) {
    const double w = rows.weight.empty() ? 1.0 : rows.weight[row];
    const double p = rows.probability[row];
    weight += w;
    observed += w * rows.label[row];
    predicted += w * p;
    variance += w * w * p * (1 - p);
  }
  const int64_t rarer = std::min(quality.positives, quality.rows - quality.positives);
  quality.is_small = quality.rows < kFewRows || rarer < kFewOfAClass;
  quality.is_off =
      std::abs(observed - predicted) > kNormal99 * std::sqrt(variance) && quality.rows >= kFewRows;
  if (!(weight > 0)) return quality;
  quality.observed = observed / weight;
  quality.predicted = predicted / weight;
  if (!(observed > 0 && observed < weight)) {
    quality.ece = std::abs(quality.observed - quality.predicted);
    return quality;
  }
  ClassificationOptions options;
  options.budgets = {0.1};
  options.bootstrap_samples = kSamples;
  const std::map<std::string, MetricValue> metrics = EvaluateClassification(rows, options).metrics;
  quality.intervals = {{"observed", metrics.at("base_rate")},
                       {"auc", metrics.at("auc")},
                       {"ece", metrics.at("ece")},
                       {"lift@10%", metrics.at("lift@10%")}};
  quality.auc = metrics.at("auc").mean;
  quality.ece = metrics.at("ece").mean;
  quality.lift = metrics.at("lift@10%").mean;
  return quality;
}

}  // namespace

std::vector<GroupQuality> JudgeGroups(const ScoredRows& rows,
                                      const std::vector<std::string>& of_row, size_t most) {
  std::map<std::string, ScoredRows> groups;
  const auto add = [](const ScoredRows& from, size_t row, ScoredRows* to) {
    to->probability.push_back(from.probability[row]);
    to->label.push_back(from.label[row]);
    if (!from.weight.empty()) to->weight.push_back(from.weight[row]);
  };
  for (size_t row = 0; row < of_row.size(); ++row) add(rows, row, &groups[of_row[row]]);
  std::vector<std::pair<std::string, ScoredRows>> sorted(groups.begin(), groups.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.label.size() > b.second.label.size();
  });
  if (sorted.size() > most) {
    std::pair<std::string, ScoredRows> others("(others)", {});
    for (size_t group = most; group < sorted.size(); ++group) {
      for (size_t row = 0; row < sorted[group].second.label.size(); ++row) {
        add(sorted[group].second, row, &others.second);
      }
    }
    sorted.resize(most);
    sorted.push_back(std::move(others));
  }
  std::vector<GroupQuality> result;
  for (const auto& [name, part] : sorted) result.push_back(JudgeGroup(name, part));
  return result;
}

}  // namespace tidewright
