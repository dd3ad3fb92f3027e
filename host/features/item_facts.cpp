#include "host/features/item_facts.h"

#include <algorithm>

namespace tidewright {
namespace {

struct CountedItem {
  int32_t last_user = -1;  // whose visit before the last horizon was counted
  ItemCounts counts;
};

// The events of user `user`, none of them after the cutoff.
void CountCustomer(const PlannedLog& planned, const EventSpan& events, int32_t user,
                   std::vector<CountedItem>* counted) {
  const LogView& log = planned.log();
  const PlanView& plan = planned.plan();
  const auto age = [&](int64_t event) { return events.cutoff - log.timestamp[event]; };
  bool came_back = false;
  for (int64_t event = events.end; event > events.begin && age(event - 1) < plan.horizon; --event) {
    came_back = came_back || planned.Positive(event - 1);
  }
  for (int64_t event = events.begin; event < events.end; ++event) {
    if (age(event) >= plan.windows[plan.window_count - 1] || !planned.Positive(event)) continue;
    CountedItem& item = (*counted)[static_cast<size_t>(log.item[event])];
    item.counts.events += 1;
    if (age(event) < kRecentEvent) item.counts.recent += 1;
    const int64_t before = age(event) - plan.horizon - plan.gap;
    if (before < 0 || before >= plan.horizon || item.last_user == user) continue;
    item.last_user = user;
    item.counts.customers += 1;
    item.counts.returned += came_back ? 1 : 0;
  }
}

}  // namespace

ItemFacts GatherItemFacts(const EventLog& log, const PlannedLog& planned, int64_t cutoff) {
  std::vector<CountedItem> counted;
  if (log.size() > 0) {
    counted.resize(static_cast<size_t>(*std::max_element(log.item.begin(), log.item.end())) + 1);
  }
  for (int64_t begin = 0; begin < log.size();) {
    int64_t next = begin + 1;
    while (next < log.size() && log.user[next] == log.user[begin]) ++next;
    CountCustomer(planned, {begin, FirstAfter(planned.log(), begin, next, cutoff), cutoff},
                  log.user[begin], &counted);
    begin = next;
  }
  ItemCounts all;
  for (const CountedItem& item : counted) {
    all.customers += item.counts.customers;
    all.returned += item.counts.returned;
  }
  ItemFacts facts;
  facts.return_share_known = all.customers > 0;
  for (const CountedItem& item : counted) facts.items.push_back(FactOf(item.counts, all));
  return facts;
}

}  // namespace tidewright
