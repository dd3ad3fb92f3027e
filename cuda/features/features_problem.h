#ifndef TIDEWRIGHT_CUDA_FEATURES_FEATURES_PROBLEM_H_
#define TIDEWRIGHT_CUDA_FEATURES_FEATURES_PROBLEM_H_

#include <cstdint>

#include "host/features/item_facts.h"
#include "host/features/profile_numbers.h"

namespace tidewright {

inline constexpr int kFeatureThreads = 128;

// ItemCounts as atomics take them.
struct DeviceItemCounts {
  unsigned long long events;
  unsigned long long recent;
  unsigned long long customers;
  unsigned long long returned;
};

// A log and what is known of its customers, as the kernels see it: device pointers. A pair is a
// positive event of the window, on an item; those of a user stand from pair_begin[user] on.
struct FeatureProblem {
  LogView log;
  PlanView plan;
  int64_t cutoff = 0;
  int64_t users = 0;
  int64_t items = 0;
  const int64_t* offsets = nullptr;  // users + 1: each user's events of the log
  // By user.
  int64_t* end = nullptr;  // of the events at or before the cutoff
  int64_t* pairs = nullptr;
  int64_t* pair_begin = nullptr;
  int64_t* visits = nullptr;
  uint8_t* came_back = nullptr;
  // The users with a pair, in their order.
  int32_t* rows = nullptr;
  // By pair; sorted by (user, item), those equal in both in the order of time.
  uint64_t* keys = nullptr;  // the user above the item
  ItemVisit* pair_items = nullptr;
  int64_t* visit_begin = nullptr;  // by visit of the user
  // By item.
  DeviceItemCounts* counts = nullptr;
  DeviceItemCounts* totals = nullptr;  // one: customers and returned of all items
  ItemFact* facts = nullptr;
};

// Some rows at once: the numbers of their profiles and what the formulas make of them.
struct FeatureBatch {
  int64_t begin = 0;  // the first row
  int64_t rows = 0;
  bool return_share_known = false;
  double* numbers = nullptr;  // by place, then by row
  const FeatureFormula* formulas = nullptr;
  int64_t formula_count = 0;
  float* values = nullptr;  // by formula, then by row
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_FEATURES_FEATURES_PROBLEM_H_
