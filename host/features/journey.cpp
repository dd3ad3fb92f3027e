#include "host/features/journey.h"

#include <cmath>
#include <optional>

namespace tidewright {
namespace {

std::optional<double> ValueOf(const FeatureTable& table, int64_t row, const std::string& name) {
  for (const FeatureColumn& column : table.columns) {
    if (column.description.name != name) continue;
    const double value = column.values[row];
    return std::isnan(value) ? std::nullopt : std::optional<double>(value);
  }
  return std::nullopt;
}

// What stands in the table as log(1 + x), to the nearest whole number.
std::optional<int64_t> CountOf(const FeatureTable& table, int64_t row, const std::string& name) {
  const std::optional<double> value = ValueOf(table, row, name);
  if (!value) return std::nullopt;
  return std::llround(std::expm1(*value));
}

std::string Counted(int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string VisitsText(const FeatureTable& table, int64_t row) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const std::optional<int64_t> visits = CountOf(table, row, "log_visits");
  if (visits) add(Counted(*visits, "visit"));
  if (const auto gap = CountOf(table, row, "log_gap_mean")) {
    add(*gap > 0 ? "usually every " + (*gap == 1 ? "day" : Counted(*gap, "day"))
                 : std::string("usually several a day"));
  }
  if (const auto since = CountOf(table, row, "log_recency")) {
    const std::string when = *since > 0 ? Counted(*since, "day") + " ago" : std::string("just now");
    add((visits && *visits == 1 ? "" : "the last one ") + when);
  }
  return text;
}

}  // namespace

std::string JourneyText(const FeatureTable& table, int64_t row) {
  std::string text = VisitsText(table, row);
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  const std::optional<double> negative = ValueOf(table, row, "negative_share_90d");
  if (negative && *negative > 0) {
    add(std::to_string(std::llround(100 * *negative)) +
        " % of the events of the last 90 days were negative");
  }
  if (ValueOf(table, row, "last_is_negative").value_or(0) > 0) add("the last event was negative");
  if (const auto tenure = CountOf(table, row, "log_tenure")) {
    add("a customer for " + Counted(*tenure, "day"));
  }
  return text;
}

}  // namespace tidewright
