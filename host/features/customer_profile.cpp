#include "host/features/customer_profile.h"

#include <algorithm>
#include <cmath>

#include "host/core/errors.h"
#include "host/features/item_facts.h"

namespace tidewright {
namespace {

constexpr int64_t kRecentVisit = 90 * kMicrosPerDay;
constexpr int64_t kYear = 365 * kMicrosPerDay;
constexpr int64_t kMonth = 30 * kMicrosPerDay;
constexpr int64_t kMonths = 12;

int64_t FloorDays(int64_t time) {
  return time >= 0 ? time / kMicrosPerDay : -((-time + kMicrosPerDay - 1) / kMicrosPerDay);
}

// Sums of single windows' rings become sums from the cutoff back.
void Accumulate(WindowSums* sums) {
  for (size_t w = 1; w < sums->size(); ++w) (*sums)[w] += (*sums)[w - 1];
}

}  // namespace

std::vector<int64_t> WindowDays(const SnapshotSpec& spec) {
  std::vector<int64_t> days;
  for (const int64_t candidate : {7, 14, 30, 60, 90, 180, 365}) {
    if (candidate * kMicrosPerDay < spec.window) days.push_back(candidate);
  }
  days.push_back((spec.window + kMicrosPerDay - 1) / kMicrosPerDay);
  return days;
}

size_t MonthsOf(const SnapshotSpec& spec) {
  return static_cast<size_t>(std::min(kMonths, spec.window / kMonth));
}

bool IsPositive(const EventLog& log, const ProfilePlan& plan, int64_t event) {
  const int signal = plan.signal_of[log.signal.empty() ? 0 : log.signal[event]];
  if (signal < 0) return false;
  const bool below = !log.value.empty() && log.value[event] < 0;
  return (plan.weight[static_cast<size_t>(signal)] > 0) == !below;
}

ProfilePlan MakeProfilePlan(const EventLog& log, const SnapshotSpec& spec) {
  if (!log.has_timestamps()) {
    throw DataError("the log has no /events/timestamp; expected times, which a cutoff needs");
  }
  ProfilePlan plan;
  for (const std::string& name : log.signal_names) {
    const auto found = std::find_if(spec.signals.begin(), spec.signals.end(),
                                    [&](const SignalWeight& one) { return one.name == name; });
    const bool known = found != spec.signals.end() && found->weight != 0;
    plan.signal_of.push_back(known ? static_cast<int>(found - spec.signals.begin()) : -1);
  }
  for (const SignalWeight& signal : spec.signals) plan.weight.push_back(signal.weight);
  for (const std::string& name : spec.event_columns) {
    const auto found = std::find_if(log.extra.begin(), log.extra.end(),
                                    [&](const EventColumn& one) { return one.name == name; });
    if (found == log.extra.end()) {
      throw DataError("the log has no /events/" + name + "; expected it, as the model reads it");
    }
    plan.column_of.push_back(static_cast<size_t>(found - log.extra.begin()));
  }
  for (const int64_t days : WindowDays(spec)) plan.windows.push_back(days * kMicrosPerDay);
  plan.windows.back() = spec.window;
  plan.gap = spec.gap;
  plan.horizon = spec.horizon;
  plan.months = MonthsOf(spec);
  if (spec.window >= kYear) {
    plan.season_begin = kYear - spec.gap;
    plan.season_end = std::max<int64_t>(0, kYear - spec.gap - spec.horizon);
  }
  return plan;
}

Profiler::Profiler(const ProfilePlan& plan, const ItemFacts& facts) : plan_(plan), facts_(facts) {
  const size_t windows = plan.windows.size();
  profile_.signal_events.assign(plan.weight.size(), WindowSums(windows));
  profile_.signal_value.assign(plan.weight.size(), WindowSums(windows));
  profile_.amount.assign(plan.column_of.size(), WindowSums(windows));
  for (WindowSums* sums :
       {&profile_.positive_events, &profile_.negative_events, &profile_.positive_value,
        &profile_.negative_value, &profile_.visits, &profile_.days}) {
    sums->assign(windows, 0);
  }
}

void Profiler::Clear() {
  CustomerProfile fresh;
  const auto zero = [](WindowSums* sums) { std::fill(sums->begin(), sums->end(), 0.0); };
  const auto keep = [&](WindowSums CustomerProfile::*sums) {
    zero(&(profile_.*sums));
    (fresh.*sums).swap(profile_.*sums);
  };
  for (auto sums : {&CustomerProfile::positive_events, &CustomerProfile::negative_events,
                    &CustomerProfile::positive_value, &CustomerProfile::negative_value,
                    &CustomerProfile::visits, &CustomerProfile::days}) {
    keep(sums);
  }
  for (auto list : {&CustomerProfile::signal_events, &CustomerProfile::signal_value,
                    &CustomerProfile::amount}) {
    for (WindowSums& sums : profile_.*list) zero(&sums);
    (fresh.*list).swap(profile_.*list);
  }
  fresh.visit.swap(profile_.visit);
  fresh.visit.clear();
  fresh.last_of_signal.swap(profile_.last_of_signal);
  fresh.last_of_signal.assign(plan_.weight.size(), kNever);
  fresh.column_sum.swap(profile_.column_sum);
  fresh.column_sum.assign(plan_.column_of.size(), 0);
  fresh.column_count.swap(profile_.column_count);
  fresh.column_count.assign(plan_.column_of.size(), 0);
  fresh.month.swap(profile_.month);
  fresh.month.assign(plan_.months, 0);
  fresh.return_share_known = !facts_.return_share.empty();
  profile_ = std::move(fresh);
  items_.clear();
  last_day_ = kNever;
}

void Profiler::AddToVisits(int64_t time, double value, int32_t item, size_t slot, int64_t cutoff) {
  std::vector<Visit>& visits = profile_.visit;
  const bool new_visit = visits.empty() || time - visits.back().end > kVisitGap;
  if (new_visit) {
    visits.push_back({time, time, 0, 0});
    profile_.visits[slot] += 1;
    const int64_t day = FloorDays(time);
    // 1970-01-01 was a Thursday.
    profile_.weekday[static_cast<size_t>(((day + 3) % 7 + 7) % 7)] += 1;
    profile_.day_quarter[static_cast<size_t>((time - day * kMicrosPerDay) / (kMicrosPerDay / 4))] +=
        1;
    const int64_t age = cutoff - time;
    const auto month = static_cast<size_t>(age / kMonth);
    if (month < plan_.months) profile_.month[month] = 1;
    if (age < plan_.season_begin && age >= plan_.season_end) profile_.season_visits += 1;
  }
  visits.back().end = time;
  visits.back().events += 1;
  visits.back().value += value;
  items_.push_back({item, static_cast<int32_t>(visits.size() - 1)});
  AddItem(item, new_visit);
}

void Profiler::AddItem(int32_t item, bool new_visit) {
  if (new_visit) profile_.last_visit_items = {};
  for (CustomerProfile::ItemSums* sums : {&profile_.items, &profile_.last_visit_items}) {
    if (profile_.return_share_known) sums->return_share += facts_.return_share[item];
    sums->log_events += facts_.log_events[item];
    sums->growth += facts_.growth[item];
  }
}

void Profiler::ReadEvent(const CustomerEvents& events, int64_t event) {
  const EventLog& log = events.log;
  const int signal = log.signal.empty() ? plan_.signal_of[0] : plan_.signal_of[log.signal[event]];
  if (signal < 0) return;
  const auto place = static_cast<size_t>(signal);
  const int64_t time = log.timestamp[event];
  const int64_t age = events.cutoff - time;
  const double value = log.value.empty() ? 1 : log.value[event];
  const double size = std::abs(value);
  const bool positive = (plan_.weight[place] > 0) == !(value < 0);
  if (positive && profile_.first_ever == kNever) profile_.first_ever = time;
  if (age >= plan_.windows.back()) return;
  size_t slot = 0;
  while (age >= plan_.windows[slot]) ++slot;
  profile_.last_of_signal[place] = time;
  profile_.signal_events[place][slot] += 1;
  profile_.signal_value[place][slot] += size;
  profile_.last_is_negative = !positive;
  for (size_t c = 0; c < plan_.column_of.size(); ++c) {
    const double number = log.extra[plan_.column_of[c]].values[event];
    if (std::isnan(number)) continue;
    profile_.amount[c][slot] += (positive ? size : -size) * number;
    if (!positive) continue;
    profile_.column_sum[c] += number;
    profile_.column_count[c] += 1;
  }
  if (!positive) {
    profile_.last_negative = time;
    profile_.negative_events[slot] += 1;
    profile_.negative_value[slot] += size;
    return;
  }
  if (profile_.first_positive == kNever) profile_.first_positive = time;
  profile_.last_positive = time;
  profile_.positive_events[slot] += 1;
  profile_.positive_value[slot] += size;
  profile_.largest_value = std::max(profile_.largest_value, size);
  const int64_t day = FloorDays(time);
  if (day != last_day_) profile_.days[slot] += 1;
  last_day_ = day;
  AddToVisits(time, size, log.item[event], slot, events.cutoff);
}

void Profiler::SumWindows() {
  for (WindowSums* sums :
       {&profile_.positive_events, &profile_.negative_events, &profile_.positive_value,
        &profile_.negative_value, &profile_.visits, &profile_.days}) {
    Accumulate(sums);
  }
  for (auto* list : {&profile_.signal_events, &profile_.signal_value, &profile_.amount}) {
    for (WindowSums& sums : *list) Accumulate(&sums);
  }
}

void Profiler::SummariseItems(int64_t cutoff) {
  if (items_.empty()) return;
  std::sort(items_.begin(), items_.end(), [](const ItemVisit& a, const ItemVisit& b) {
    return a.item != b.item ? a.item < b.item : a.visit < b.visit;
  });
  const auto total = static_cast<double>(items_.size());
  const auto last_visit = static_cast<int32_t>(profile_.visit.size() - 1);
  for (size_t begin = 0; begin < items_.size();) {
    size_t end = begin + 1;
    while (end < items_.size() && items_[end].item == items_[begin].item) ++end;
    const int32_t first = items_[begin].visit;
    const int32_t last = items_[end - 1].visit;
    const auto count = static_cast<double>(end - begin);
    profile_.distinct_items += 1;
    if (first != last) profile_.items_repeated += 1;
    profile_.item_entropy -= count / total * std::log(count / total);
    profile_.top_item_events = std::max(profile_.top_item_events, count);
    if (cutoff - profile_.visit[static_cast<size_t>(last)].begin < kRecentVisit) {
      profile_.items_recent += 1;
      if (cutoff - profile_.visit[static_cast<size_t>(first)].begin < kRecentVisit) {
        profile_.new_items_recent += 1;
      }
    }
    if (last == last_visit) {
      profile_.items_last_visit += 1;
      if (first == last_visit) profile_.new_items_last_visit += 1;
    }
    begin = end;
  }
}

const CustomerProfile& Profiler::Profile(const CustomerEvents& events) {
  Clear();
  for (int64_t event = events.begin; event < events.end; ++event) ReadEvent(events, event);
  SumWindows();
  SummariseItems(events.cutoff);
  return profile_;
}

}  // namespace tidewright
