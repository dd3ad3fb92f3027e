#include "host/features/journey.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "host/features/customer_profile.h"

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

// The items of a visit, and the negative signals that came upon them.
struct VisitItems {
  std::set<int32_t> items;
  std::set<std::string> regrets;
};

std::string NegativeName(const EventLog& log, const ProfilePlan& plan, int64_t event) {
  const size_t signal = log.signal.empty() ? 0 : log.signal[event];
  const bool by_weight = plan.weight[static_cast<size_t>(plan.signal_of[signal])] < 0;
  return by_weight ? log.signal_names[signal] : "return";
}

std::vector<VisitItems> VisitsOf(const CustomerEvents& events, const SnapshotSpec& spec) {
  const EventLog& log = events.log;
  const ProfilePlan plan = MakeProfilePlan(log, spec);
  const PlannedLog planned(log, plan);
  std::vector<VisitItems> visits;
  VisitCounter counter;
  for (int64_t event = events.begin; event < events.end; ++event) {
    const int64_t time = log.timestamp[event];
    if (time > events.cutoff) break;
    if (time <= events.cutoff - spec.window ||
        EventSignal(planned.log(), planned.plan(), event) < 0) {
      continue;
    }
    if (planned.Positive(event)) {
      if (counter.Begins(time)) visits.emplace_back();
      visits.back().items.insert(log.item[event]);
      continue;
    }
    const auto held = std::find_if(visits.rbegin(), visits.rend(), [&](const VisitItems& visit) {
      return visit.items.count(log.item[event]) > 0;
    });
    if (held != visits.rend()) held->regrets.insert(NegativeName(log, plan, event));
  }
  return visits;
}

}  // namespace

std::string LastVisitsText(const CustomerEvents& events, const SnapshotSpec& spec) {
  constexpr size_t kLastVisits = 3;
  const std::vector<VisitItems> visits = VisitsOf(events, spec);
  const size_t shown = std::min(kLastVisits, visits.size());
  size_t regretted = 0;
  std::set<std::string> names;
  for (size_t visit = visits.size() - shown; visit < visits.size(); ++visit) {
    if (visits[visit].regrets.empty()) continue;
    ++regretted;
    names.insert(visits[visit].regrets.begin(), visits[visit].regrets.end());
  }
  if (regretted == 0) return "";
  std::string text =
      shown == 1 ? std::string("the last visit")
                 : std::to_string(regretted) + " of the last " + std::to_string(shown) + " visits";
  text += " had items with a later ";
  for (auto name = names.begin(); name != names.end(); ++name) {
    text += (name == names.begin() ? "" : " or ") + *name;
  }
  return text;
}

std::string JourneyText(const FeatureTable& table, int64_t row, const std::string& last_visits) {
  std::string text = VisitsText(table, row);
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (!last_visits.empty()) add(last_visits);
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
