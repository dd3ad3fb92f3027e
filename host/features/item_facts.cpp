#include "host/features/item_facts.h"

#include <algorithm>
#include <cmath>

namespace tidewright {
namespace {

constexpr int64_t kRecentEvent = 30 * kMicrosPerDay;

struct ItemCounts {
  int32_t last_user = -1;  // whose visit before the last horizon was counted
  int64_t customers = 0;   // before the last horizon
  int64_t returned = 0;    // of them
  int64_t events = 0;
  int64_t recent = 0;
};

// One customer's events [begin, end), none of them after the cutoff.
void CountCustomer(const EventLog& log, const ProfilePlan& plan, int64_t cutoff, int64_t begin,
                   int64_t end, std::vector<ItemCounts>* counts) {
  const auto age = [&](int64_t event) { return cutoff - log.timestamp[event]; };
  bool came_back = false;
  for (int64_t event = end; event > begin && age(event - 1) < plan.horizon; --event) {
    came_back = came_back || IsPositive(log, plan, event - 1);
  }
  for (int64_t event = begin; event < end; ++event) {
    if (age(event) >= plan.windows.back() || !IsPositive(log, plan, event)) continue;
    ItemCounts& item = (*counts)[static_cast<size_t>(log.item[event])];
    item.events += 1;
    if (age(event) < kRecentEvent) item.recent += 1;
    const int64_t before = age(event) - plan.horizon - plan.gap;
    if (before < 0 || before >= plan.horizon || item.last_user == log.user[event]) continue;
    item.last_user = log.user[event];
    item.customers += 1;
    item.returned += came_back ? 1 : 0;
  }
}

}  // namespace

ItemFacts GatherItemFacts(const EventLog& log, const ProfilePlan& plan, int64_t cutoff) {
  std::vector<ItemCounts> counts;
  if (log.size() > 0) {
    counts.resize(static_cast<size_t>(*std::max_element(log.item.begin(), log.item.end())) + 1);
  }
  for (int64_t begin = 0; begin < log.size();) {
    int64_t next = begin + 1;
    while (next < log.size() && log.user[next] == log.user[begin]) ++next;
    const auto first = log.timestamp.begin();
    const int64_t end = std::upper_bound(first + begin, first + next, cutoff) - first;
    CountCustomer(log, plan, cutoff, begin, end, &counts);
    begin = next;
  }
  int64_t customers = 0;
  int64_t returned = 0;
  for (const ItemCounts& item : counts) {
    customers += item.customers;
    returned += item.returned;
  }
  ItemFacts facts;
  for (const ItemCounts& item : counts) {
    const double events = std::log1p(static_cast<double>(item.events));
    facts.log_events.push_back(static_cast<float>(events));
    facts.growth.push_back(
        static_cast<float>(std::log1p(static_cast<double>(item.recent)) - events));
    if (customers == 0) continue;
    const double usual = static_cast<double>(returned) / static_cast<double>(customers);
    facts.return_share.push_back(
        static_cast<float>((static_cast<double>(item.returned) + kReturnPrior * usual) /
                           (static_cast<double>(item.customers) + kReturnPrior)));
  }
  return facts;
}

}  // namespace tidewright
