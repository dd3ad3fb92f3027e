#ifndef TIDEWRIGHT_HOST_FEATURES_ITEM_FACTS_H_
#define TIDEWRIGHT_HOST_FEATURES_ITEM_FACTS_H_

#include <cstdint>
#include <vector>

#include "host/core/host_device.h"
#include "host/core/portable_math.h"
#include "host/data/event_log.h"
#include "host/features/customer_profile.h"

namespace tidewright {

// Of one item: what the positive events of the observation window count up to.
struct ItemCounts {
  int64_t events = 0;
  int64_t recent = 0;     // events of the last 30 days
  int64_t customers = 0;  // who had it in the span before the last horizon
  int64_t returned = 0;   // of them: who came back in the last horizon
};

inline constexpr double kReturnPrior = 20;

// What all customers together say of an item: what was known at the cutoff, and nothing later.
// return_share: of the customers who had the item in the span before the last horizon, the share
// that came back in the last one; drawn towards the share over all items, of counts `all`, by
// kReturnPrior customers; 0 where no one had anything then. log_events: log(1 + events). growth:
// log(1 + recent) - log_events.
TIDEWRIGHT_HOST_DEVICE inline ItemFact FactOf(const ItemCounts& item, const ItemCounts& all) {
  const double events = PortableLog1p(static_cast<double>(item.events));
  ItemFact fact;
  fact.log_events = static_cast<float>(events);
  fact.growth = static_cast<float>(PortableLog1p(static_cast<double>(item.recent)) - events);
  if (all.customers == 0) return fact;
  const double usual = static_cast<double>(all.returned) / static_cast<double>(all.customers);
  fact.return_share =
      static_cast<float>((static_cast<double>(item.returned) + kReturnPrior * usual) /
                         (static_cast<double>(item.customers) + kReturnPrior));
  return fact;
}

struct ItemFacts {
  std::vector<ItemFact> items;
  bool return_share_known = false;
};

ItemFacts GatherItemFacts(const EventLog& log, const PlannedLog& planned, int64_t cutoff);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_ITEM_FACTS_H_
