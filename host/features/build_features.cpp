#include "host/features/build_features.h"

#include <algorithm>

#include "host/core/parallel.h"
#include "host/data/aggregate.h"
#include "host/features/formula_core.h"
#include "host/features/item_facts.h"

namespace tidewright {
namespace {

constexpr int64_t kUsersABlock = 1024;
constexpr int64_t kProfilesABlock = 256;

struct ActiveCustomer {
  int32_t user = 0;
  EventSpan events;
};

// The customers with a positive event in the window.
std::vector<ActiveCustomer> ActiveCustomers(const FeatureRequest& request,
                                            const PlannedLog& planned) {
  const std::vector<int64_t> offsets = UserOffsets(request.log, request.users);
  const int64_t window_begin = request.cutoff - request.plan.windows.back();
  std::vector<std::vector<ActiveCustomer>> found(
      static_cast<size_t>((request.users + kUsersABlock - 1) / kUsersABlock));
  ParallelRanges(request.users, kUsersABlock, [&](int64_t first, int64_t last, int) {
    for (int64_t user = first; user < last; ++user) {
      const int64_t begin = offsets[user];
      const int64_t end = FirstAfter(planned.log(), begin, offsets[user + 1], request.cutoff);
      int64_t event = FirstAfter(planned.log(), begin, end, window_begin);
      while (event < end && !planned.Positive(event)) ++event;
      if (event == end) continue;
      found[first / kUsersABlock].push_back(
          {static_cast<int32_t>(user), {begin, end, request.cutoff}});
    }
  });
  std::vector<ActiveCustomer> active;
  for (const auto& part : found) active.insert(active.end(), part.begin(), part.end());
  return active;
}

}  // namespace

FeatureValues BuildFeaturesCpu(const FeatureRequest& request) {
  const PlannedLog planned(request.log, request.plan);
  const std::vector<ActiveCustomer> active = ActiveCustomers(request, planned);
  const ItemFacts facts = GatherItemFacts(request.log, planned, request.cutoff);
  FeatureValues result;
  for (const ActiveCustomer& customer : active) result.users.push_back(customer.user);
  result.columns.assign(request.formulas.size(), std::vector<float>(active.size()));
  std::vector<Profiler> profilers(static_cast<size_t>(NumThreads()),
                                  Profiler(planned, facts.items.data(), facts.return_share_known));
  ParallelRanges(static_cast<int64_t>(active.size()), kProfilesABlock,
                 [&](int64_t begin, int64_t end, int thread) {
                   for (int64_t row = begin; row < end; ++row) {
                     const Numbers numbers = profilers[thread].Profile(active[row].events);
                     for (size_t f = 0; f < request.formulas.size(); ++f) {
                       result.columns[f][row] = FeatureValue(request.formulas[f], numbers);
                     }
                   }
                 });
  return result;
}

}  // namespace tidewright
