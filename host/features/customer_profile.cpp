#include "host/features/customer_profile.h"

#include <algorithm>
#include <string>

#include "host/core/errors.h"

namespace tidewright {

std::vector<int64_t> WindowDays(const SnapshotSpec& spec) {
  std::vector<int64_t> days;
  for (const int64_t candidate : {7, 14, 30, 60, 90, 180, 365}) {
    if (candidate * kMicrosPerDay < spec.window) days.push_back(candidate);
  }
  days.push_back((spec.window + kMicrosPerDay - 1) / kMicrosPerDay);
  return days;
}

int32_t MonthsOf(const SnapshotSpec& spec) {
  return static_cast<int32_t>(std::min(int64_t{kMostMonths}, spec.window / kMonth));
}

ProfileLayout LayoutOf(const SnapshotSpec& spec) {
  return {static_cast<int>(WindowDays(spec).size()), static_cast<int>(spec.signals.size()),
          static_cast<int>(spec.event_columns.size())};
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
    plan.signal_of.push_back(known ? static_cast<int32_t>(found - spec.signals.begin()) : -1);
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

PlanView ViewOf(const ProfilePlan& plan) {
  PlanView view;
  view.signal_of = plan.signal_of.data();
  view.weight = plan.weight.data();
  view.windows = plan.windows.data();
  view.window_count = static_cast<int32_t>(plan.windows.size());
  view.signals = static_cast<int32_t>(plan.weight.size());
  view.columns = static_cast<int32_t>(plan.column_of.size());
  view.months = plan.months;
  view.gap = plan.gap;
  view.horizon = plan.horizon;
  view.season_begin = plan.season_begin;
  view.season_end = plan.season_end;
  return view;
}

PlannedLog::PlannedLog(const EventLog& events, const ProfilePlan& profile_plan)
    : plan_(ViewOf(profile_plan)) {
  for (const size_t column : profile_plan.column_of) {
    columns_.push_back(events.extra[column].values.data());
  }
  log_.item = events.item.data();
  log_.timestamp = events.timestamp.data();
  log_.signal = events.signal.empty() ? nullptr : events.signal.data();
  log_.value = events.value.empty() ? nullptr : events.value.data();
  log_.columns = columns_.data();
}

Profiler::Profiler(const PlannedLog& log, const ItemFact* facts, bool return_share_known)
    : log_(&log),
      facts_(facts),
      return_share_known_(return_share_known),
      numbers_(static_cast<size_t>(LayoutOf(log.plan()).size())) {}

Numbers Profiler::Profile(const EventSpan& events) {
  const LogView& log = log_->log();
  const PlanView& plan = log_->plan();
  const auto most = static_cast<size_t>(events.end - events.begin);
  if (items_.size() < most) {
    items_.resize(most);
    visit_begin_.resize(most);
  }
  const Numbers numbers = {numbers_.data(), 1};
  const VisitsFound found = FindVisits(log, plan, events, items_.data(), visit_begin_.data());
  std::sort(items_.begin(), items_.begin() + found.events,
            [](const ItemVisit& a, const ItemVisit& b) {
              return a.item != b.item ? a.item < b.item : a.visit < b.visit;
            });
  ProfileCustomer(log, plan, facts_, return_share_known_, events, items_.data(),
                  visit_begin_.data(), found, numbers);
  return numbers;
}

}  // namespace tidewright
