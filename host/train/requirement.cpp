#include "host/train/requirement.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/core/config.h"
#include "host/core/errors.h"
#include "host/metrics/classification.h"
#include "host/metrics/classification_measures.h"

namespace tidewright {
namespace {

std::string WithoutBlanks(const std::string& text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result),
               [](char c) { return c != ' ' && c != '\t'; });
  return result;
}

[[noreturn]] void RefuseForm(const std::string& text) {
  throw UsageError("--require is '" + text +
                   "'; expected METRIC, one of >= > <= <, and a number, as in recall@20>=.17");
}

std::string NumberText(double value) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::general, 4);
  return std::string(buffer, end.ptr);
}

void CheckMetric(const Requirement& requirement) {
  std::vector<std::string> with_cutoff = RankingMetricNames();
  for (const char* name : {"coverage", "gini", "novelty", "popular_share"}) {
    with_cutoff.push_back(name);
  }
  const size_t at = requirement.metric.find('@');
  const std::string name = requirement.metric.substr(0, at);
  const bool known = std::find(with_cutoff.begin(), with_cutoff.end(), name) != with_cutoff.end();
  if (IsClassificationMetric(requirement.metric) || IsSurvivalMetric(requirement.metric) ||
      (known && CutoffOf(requirement.metric))) {
    return;
  }
  if (known) {
    throw UsageError("--require '" + requirement.text + "': " + name +
                     " needs a cut-off from 1 to 1024, as in " + name + "@20");
  }
  for (const std::string& metric : ClassificationMetricNames()) with_cutoff.push_back(metric);
  with_cutoff.push_back("integrated_brier");
  throw UsageError("--require '" + requirement.text + "': unknown metric '" + name + "'" +
                   DidYouMean(name, with_cutoff));
}

// As reports name it: lift@10.0% is lift@10%, recall@020 is recall@20.
std::string ReportedName(const std::string& metric) {
  const std::string name = metric.substr(0, metric.find('@'));
  if (const auto share = CustomerShareOf(metric)) return BudgetName(name, *share);
  const auto cutoff = CutoffOf(metric);
  return cutoff ? name + "@" + std::to_string(*cutoff) : metric;
}

}  // namespace

bool IsClassificationMetric(const std::string& metric) {
  const std::vector<std::string>& names = ClassificationMetricNames();
  if (std::find(names.begin(), names.end(), metric) != names.end() || metric == "empc") return true;
  const std::string name = metric.substr(0, metric.find('@'));
  return metric.ends_with('%') && (name == "lift" || name == "precision" || name == "recall") &&
         CustomerShareOf(metric).has_value();
}

bool IsSurvivalMetric(const std::string& metric) {
  if (metric == "integrated_brier") return true;
  const std::string name = metric.substr(0, metric.find('@'));
  if ((name != "auc" && name != "brier") || !metric.ends_with('d')) return false;
  int64_t days = 0;
  const char* end = metric.data() + metric.size() - 1;
  const auto parsed = std::from_chars(metric.data() + name.size() + 1, end, days);
  return parsed.ec == std::errc() && parsed.ptr == end && days > 0;
}

std::optional<double> CustomerShareOf(const std::string& metric) {
  const size_t at = metric.find('@');
  if (at == std::string::npos || !metric.ends_with('%')) return std::nullopt;
  double percent = 0;
  const char* end = metric.data() + metric.size() - 1;
  const auto parsed = std::from_chars(metric.data() + at + 1, end, percent);
  if (parsed.ec != std::errc() || parsed.ptr != end || !(percent > 0 && percent <= 100)) {
    return std::nullopt;
  }
  return percent / 100;
}

std::optional<int> CutoffOf(const std::string& metric) {
  const size_t at = metric.find('@');
  if (at == std::string::npos) return std::nullopt;
  int cutoff = 0;
  const char* end = metric.data() + metric.size();
  const auto parsed = std::from_chars(metric.data() + at + 1, end, cutoff);
  if (parsed.ec != std::errc() || parsed.ptr != end || cutoff < 1 || cutoff > 1024) {
    return std::nullopt;
  }
  return cutoff;
}

Requirement ParseRequirement(const std::string& text) {
  Requirement requirement;
  requirement.text = text;
  const std::string compact = WithoutBlanks(text);
  const size_t sign = compact.find_first_of("<>");
  if (sign == std::string::npos || sign == 0) RefuseForm(text);
  const size_t length = compact.compare(sign + 1, 1, "=") == 0 ? 2 : 1;
  requirement.metric = compact.substr(0, sign);
  requirement.comparison = compact.substr(sign, length);
  const char* end = compact.data() + compact.size();
  const auto parsed = std::from_chars(compact.data() + sign + length, end, requirement.value);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(requirement.value)) {
    RefuseForm(text);
  }
  CheckMetric(requirement);
  requirement.metric = ReportedName(requirement.metric);
  return requirement;
}

double ValueOf(const std::string& metric, const RankingReport& report) {
  const auto found = report.metrics.find(metric);
  return found != report.metrics.end() ? found->second.mean : report.exposure.at(metric);
}

std::string UnmetText(const Requirement& requirement, double value) {
  return requirement.metric + " is " + NumberText(value) + ", required " + requirement.comparison +
         " " + NumberText(requirement.value);
}

bool Holds(const Requirement& requirement, double value) {
  if (requirement.comparison == ">=") return value >= requirement.value;
  if (requirement.comparison == ">") return value > requirement.value;
  if (requirement.comparison == "<=") return value <= requirement.value;
  return value < requirement.value;
}

}  // namespace tidewright
