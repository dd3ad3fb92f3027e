#ifndef TIDEWRIGHT_HOST_FEATURES_PROFILE_CORE_H_
#define TIDEWRIGHT_HOST_FEATURES_PROFILE_CORE_H_

#include <cmath>
#include <cstdint>

#include "host/core/host_device.h"
#include "host/core/portable_math.h"
#include "host/features/log_view.h"
#include "host/features/profile_numbers.h"

namespace tidewright {

// From one customer's events to the numbers that their features are made of, for both twins: the
// same steps in the same order, so that the tables are equal to the bit.

inline constexpr int64_t kRecentVisit = 90 * kMicrosPerDay;
inline constexpr int64_t kRecentEvent = 30 * kMicrosPerDay;
inline constexpr int64_t kYear = 365 * kMicrosPerDay;
inline constexpr int64_t kMonth = 30 * kMicrosPerDay;
inline constexpr double kSpanPrior = 30;  // days, added to the span that a rate is taken over

// A positive event of the observation window.
struct ItemVisit {
  int32_t item;
  uint32_t visit : 30;
  uint32_t recent : 1;   // of the last 30 days
  uint32_t earlier : 1;  // of the span of one horizon that ended a horizon and a gap ago
};

struct VisitsFound {
  int64_t events = 0;  // positive, of the window
  int64_t visits = 0;
  bool came_back = false;  // a positive event in the last horizon
};

// The customer's positive events of the window, in their order, and when each visit began. Both
// lists have room for as many as the customer has events.
TIDEWRIGHT_HOST_DEVICE inline VisitsFound FindVisits(const LogView& log, const PlanView& plan,
                                                     const EventSpan& events, ItemVisit* items,
                                                     int64_t* visit_begin) {
  VisitsFound found;
  VisitCounter counter;
  for (int64_t event = events.begin; event < events.end; ++event) {
    if (!IsPositive(log, plan, event)) continue;
    const int64_t time = log.timestamp[event];
    const int64_t age = events.cutoff - time;
    if (age < plan.horizon) found.came_back = true;
    if (age >= plan.windows[plan.window_count - 1]) continue;
    if (counter.Begins(time)) visit_begin[found.visits++] = time;
    const int64_t before = age - plan.horizon - plan.gap;
    ItemVisit one;
    one.item = log.item[event];
    one.visit = static_cast<uint32_t>(counter.visit);
    one.recent = age < kRecentEvent ? 1 : 0;
    one.earlier = before >= 0 && before < plan.horizon ? 1 : 0;
    items[found.events++] = one;
  }
  return found;
}

// What ProfileEvents finds and FinishProfile needs.
struct ProfileTimes {
  int64_t first_ever = kNever;  // positive event, whether in the window or before it
  int64_t first_positive = kNever;
  int64_t last_positive = kNever;
  int64_t last_negative = kNever;
};

TIDEWRIGHT_HOST_DEVICE inline int64_t FloorDays(int64_t time) {
  return time >= 0 ? time / kMicrosPerDay : -((-time + kMicrosPerDay - 1) / kMicrosPerDay);
}

// Where a visit falls in the week, the day, the months back and the season of a year ago.
TIDEWRIGHT_HOST_DEVICE inline void CountVisit(const PlanView& plan, const EventSpan& events,
                                              int64_t time, const Numbers& n) {
  const int64_t day = FloorDays(time);
  // 1970-01-01 was a Thursday.
  n[Number::kWeekday + static_cast<int>(((day + 3) % 7 + 7) % 7)] += 1;
  n[Number::kDayQuarter + static_cast<int>((time - day * kMicrosPerDay) / (kMicrosPerDay / 4))] +=
      1;
  const int64_t age = events.cutoff - time;
  const int64_t month = age / kMonth;
  if (month < plan.months) n[Number::kMonths + static_cast<int>(month)] = 1;
  if (age < plan.season_begin && age >= plan.season_end) n[Number::kSeasonVisits] += 1;
}

struct ItemSums {
  double return_share = 0;
  double log_events = 0;
  double growth = 0;

  TIDEWRIGHT_HOST_DEVICE void Add(const ItemFact& fact) {
    return_share += static_cast<double>(fact.return_share);
    log_events += static_cast<double>(fact.log_events);
    growth += static_cast<double>(fact.growth);
  }
};

// The visit that is going on, and what is summed as visits end.
struct VisitSums {
  int64_t begin = 0;
  int64_t events = 0;
  double value = 0;
  double values_before = 0;  // of the visits before it
  double minutes = 0;
  ItemSums items;      // of the visit
  ItemSums all_items;  // of all visits

  TIDEWRIGHT_HOST_DEVICE void Begin(int64_t time) {
    begin = time;
    events = 0;
    value = 0;
    items = ItemSums();
  }
  TIDEWRIGHT_HOST_DEVICE void Add(double size, const ItemFact& fact) {
    events += 1;
    value += size;
    items.Add(fact);
    all_items.Add(fact);
  }
  TIDEWRIGHT_HOST_DEVICE void End(int64_t time) {
    minutes += static_cast<double>(time - begin) / static_cast<double>(60 * kMicrosPerSecond);
  }
};

TIDEWRIGHT_HOST_DEVICE inline void WriteVisits(const VisitSums& last, int32_t visits,
                                               const Numbers& n) {
  n[Number::kLastVisitEvents] = static_cast<double>(last.events);
  n[Number::kLastVisitValue] = last.value;
  n[Number::kOtherVisitsValue] =
      visits < 2 ? portable::kNaN : last.values_before / static_cast<double>(visits - 1);
  n[Number::kVisitMinutes] = last.minutes / static_cast<double>(visits);
  n[Number::kReturnShare] = last.all_items.return_share;
  n[Number::kItemEvents] = last.all_items.log_events;
  n[Number::kItemGrowth] = last.all_items.growth;
  n[Number::kLastReturnShare] = last.items.return_share;
  n[Number::kLastItemEvents] = last.items.log_events;
  n[Number::kLastItemGrowth] = last.items.growth;
}

// Numbers at 0, those that are missing until an event says them at NaN.
TIDEWRIGHT_HOST_DEVICE inline void ClearProfile(const ProfileLayout& layout, const Numbers& n) {
  for (int place = 0; place < layout.size(); ++place) n[place] = 0;
  for (int signal = 0; signal < layout.signals; ++signal) {
    n[layout.SinceSignal(signal)] = portable::kNaN;
  }
}

// One pass over the events: sums by window's ring, by signal, column, day and visit.
TIDEWRIGHT_HOST_DEVICE inline ProfileTimes ProfileEvents(const LogView& log, const PlanView& plan,
                                                         const ItemFact* facts,
                                                         const EventSpan& events,
                                                         const Numbers& n) {
  const ProfileLayout layout = LayoutOf(plan);
  ProfileTimes times;
  VisitCounter counter;
  VisitSums visit;
  int64_t last_day = kNever;
  double largest = 0;
  for (int64_t event = events.begin; event < events.end; ++event) {
    const int32_t signal = EventSignal(log, plan, event);
    if (signal < 0) continue;
    const int64_t time = log.timestamp[event];
    const int64_t age = events.cutoff - time;
    const double value = EventValue(log, event);
    const double size = value < 0 ? -value : value;
    const bool positive = (plan.weight[signal] > 0) == !(value < 0);
    if (positive && times.first_ever == kNever) times.first_ever = time;
    if (age >= plan.windows[plan.window_count - 1]) continue;
    int ring = 0;
    while (age >= plan.windows[ring]) ++ring;
    n[layout.SinceSignal(signal)] = DaysBetween(time, events.cutoff);
    n[layout.SignalEvents(signal, ring)] += 1;
    n[layout.SignalValue(signal, ring)] += size;
    n[Number::kLastIsNegative] = positive ? 0 : 1;
    for (int column = 0; column < plan.columns; ++column) {
      const auto number = static_cast<double>(log.columns[column][event]);
      if (number != number) continue;
      n[layout.Amount(column, ring)] += (positive ? size : -size) * number;
      if (!positive) continue;
      n[layout.ColumnSum(column)] += number;
      n[layout.ColumnCount(column)] += 1;
    }
    if (!positive) {
      times.last_negative = time;
      n[layout.Sum(WindowSum::kNegativeEvents, ring)] += 1;
      n[layout.Sum(WindowSum::kNegativeValue, ring)] += size;
      continue;
    }
    if (times.first_positive == kNever) times.first_positive = time;
    n[layout.Sum(WindowSum::kPositiveEvents, ring)] += 1;
    n[layout.Sum(WindowSum::kPositiveValue, ring)] += size;
    if (size > largest) largest = size;
    const int64_t day = FloorDays(time);
    if (day != last_day) n[layout.Sum(WindowSum::kDays, ring)] += 1;
    last_day = day;
    if (counter.Begins(time)) {
      if (counter.visit > 0) {
        visit.End(times.last_positive);
        visit.values_before += visit.value;
      }
      visit.Begin(time);
      n[layout.Sum(WindowSum::kVisits, ring)] += 1;
      CountVisit(plan, events, time, n);
    }
    visit.Add(size, facts[log.item[event]]);
    times.last_positive = time;
  }
  visit.End(times.last_positive);
  n[Number::kLargestValue] = largest;
  WriteVisits(visit, counter.visit + 1, n);
  return times;
}

// Days between the begins of consecutive visits; missing with fewer than two of them.
TIDEWRIGHT_HOST_DEVICE inline void ProfileGaps(const int64_t* visit_begin, int64_t visits,
                                               double days_since_last, const Numbers& n) {
  double longer = 0;
  double mean = portable::kNaN;
  double deviation = portable::kNaN;
  double longest = portable::kNaN;
  double last = portable::kNaN;
  if (visits > 1) {
    const auto count = static_cast<double>(visits - 1);
    mean = DaysBetween(visit_begin[0], visit_begin[visits - 1]) / count;
    longest = 0;
    double squares = 0;
    for (int64_t v = 1; v < visits; ++v) {
      last = DaysBetween(visit_begin[v - 1], visit_begin[v]);
      if (last > longest) longest = last;
      if (last > days_since_last) longer += 1;
      squares += (last - mean) * (last - mean);
    }
    deviation = std::sqrt(squares / count);
  }
  n[Number::kGapMean] = mean;
  n[Number::kGapDeviation] = deviation;
  n[Number::kGapLongest] = longest;
  n[Number::kGapLast] = last;
  n[Number::kGapNowDeviations] = (days_since_last - mean) / (deviation + 7);
  n[Number::kGapNowRank] = (longer + 1) / static_cast<double>(visits + 1);
}

// The customer's items, those of one item side by side with their visits rising.
TIDEWRIGHT_HOST_DEVICE inline void ProfileItems(const ItemVisit* items, int64_t count,
                                                const int64_t* visit_begin, int64_t visits,
                                                int64_t cutoff, const Numbers& n) {
  const auto total = static_cast<double>(count);
  double entropy = 0;
  for (int64_t begin = 0; begin < count;) {
    int64_t end = begin + 1;
    while (end < count && items[end].item == items[begin].item) ++end;
    const auto first = static_cast<int64_t>(items[begin].visit);
    const auto last = static_cast<int64_t>(items[end - 1].visit);
    const auto events = static_cast<double>(end - begin);
    n[Number::kItems] += 1;
    if (first != last) n[Number::kItemsRepeated] += 1;
    entropy -= events / total * PortableLog(events / total);
    if (events > n[Number::kTopItemEvents]) n[Number::kTopItemEvents] = events;
    if (cutoff - visit_begin[last] < kRecentVisit) {
      n[Number::kItemsRecent] += 1;
      if (cutoff - visit_begin[first] < kRecentVisit) n[Number::kNewItemsRecent] += 1;
    }
    if (last == visits - 1) {
      n[Number::kItemsLastVisit] += 1;
      if (first == visits - 1) n[Number::kNewItemsLastVisit] += 1;
    }
    begin = end;
  }
  n[Number::kItemEntropy] = entropy;
}

// Sums of single windows' rings become sums from the cutoff back, then what follows from them.
TIDEWRIGHT_HOST_DEVICE inline void FinishProfile(const PlanView& plan, const ProfileTimes& times,
                                                 int64_t cutoff, bool return_share_known,
                                                 const Numbers& n) {
  const ProfileLayout layout = LayoutOf(plan);
  for (int list = 0; list < layout.window_lists(); ++list) {
    const int begin = layout.WindowList(list);
    for (int w = 1; w < layout.windows; ++w) n[begin + w] += n[begin + w - 1];
  }
  const double visits = n[layout.Whole(WindowSum::kVisits)];
  const double since_last = DaysBetween(times.last_positive, cutoff);
  const double since_first = DaysBetween(times.first_positive, cutoff);
  const double rate =
      visits / (kSpanPrior + DaysBetween(times.first_positive, times.last_positive));
  n[Number::kDaysSinceLast] = since_last;
  n[Number::kTenureDays] = DaysBetween(times.first_ever, cutoff);
  n[Number::kDaysSinceNegative] =
      times.last_negative == kNever ? portable::kNaN : DaysBetween(times.last_negative, cutoff);
  n[Number::kLastPosition] = 1 - since_last / (since_first > 1 ? since_first : 1.0);
  n[Number::kVisitsAMonth] = 30 * visits / (30 + since_first);
  n[Number::kExpectedVisits] = rate * DaysBetween(0, plan.horizon);
  n[Number::kAlive] = PortableExpOfNegative(-rate * since_last);
  double active = 0;
  for (int month = 0; month < plan.months; ++month) active += n[Number::kMonths + month];
  const auto since_months = static_cast<double>(static_cast<int64_t>(since_first / 30) + 1);
  const auto months = static_cast<double>(plan.months);
  n[Number::kMonthsActive] = active;
  n[Number::kMonthsKnown] = since_months < months ? since_months : months;
  if (return_share_known) return;
  n[Number::kReturnShare] = portable::kNaN;
  n[Number::kLastReturnShare] = portable::kNaN;
}

// All numbers of a customer, from what FindVisits found and `items` sorted by (item, visit).
TIDEWRIGHT_HOST_DEVICE inline void ProfileCustomer(const LogView& log, const PlanView& plan,
                                                   const ItemFact* facts, bool return_share_known,
                                                   const EventSpan& events, const ItemVisit* items,
                                                   const int64_t* visit_begin,
                                                   const VisitsFound& found, const Numbers& n) {
  ClearProfile(LayoutOf(plan), n);
  const ProfileTimes times = ProfileEvents(log, plan, facts, events, n);
  FinishProfile(plan, times, events.cutoff, return_share_known, n);
  ProfileGaps(visit_begin, found.visits, n[Number::kDaysSinceLast], n);
  ProfileItems(items, found.events, visit_begin, found.visits, events.cutoff, n);
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_PROFILE_CORE_H_
