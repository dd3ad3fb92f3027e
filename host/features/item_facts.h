#ifndef TIDEWRIGHT_HOST_FEATURES_ITEM_FACTS_H_
#define TIDEWRIGHT_HOST_FEATURES_ITEM_FACTS_H_

#include <cstdint>
#include <vector>

#include "host/data/event_log.h"
#include "host/features/customer_profile.h"

namespace tidewright {

// What all customers together say of each item, from the positive events of the observation window:
// what was known at the cutoff, and nothing later.
struct ItemFacts {
  // Of the customers who had the item in the span before the last horizon, the share that came back
  // in the last one; drawn towards the share over all items by kReturnPrior customers. Empty where
  // no one had anything then.
  std::vector<float> return_share;
  std::vector<float> log_events;  // log(1 + events)
  std::vector<float> growth;      // log(1 + events of the last 30 days) - log_events
};

inline constexpr double kReturnPrior = 20;

ItemFacts GatherItemFacts(const EventLog& log, const ProfilePlan& plan, int64_t cutoff);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_FEATURES_ITEM_FACTS_H_
