#ifndef TIDEWRIGHT_CUDA_FEATURES_FEATURES_KERNELS_CUH_
#define TIDEWRIGHT_CUDA_FEATURES_FEATURES_KERNELS_CUH_

#include "cuda/core/primitives.cuh"
#include "cuda/features/features_problem.h"
#include "host/features/formula_core.h"
#include "host/features/profile_core.h"

namespace tidewright {

// Every sum over a customer's events is taken by one thread, in the order of time, as the CPU does;
// what is summed over customers are whole numbers. So the tables are equal to the bit.

__device__ inline int64_t FeatureThread() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline EventSpan UserEvents(const FeatureProblem& problem, int32_t user) {
  return {problem.offsets[user], problem.end[user], problem.cutoff};
}

// A thread a user.
__global__ void __launch_bounds__(kFeatureThreads)
    FeatureCountKernel(const FeatureProblem problem) {
  const int64_t user = FeatureThread();
  if (user >= problem.users) return;
  const PlanView& plan = problem.plan;
  const int64_t begin = problem.offsets[user];
  const int64_t end = FirstAfter(problem.log, begin, problem.offsets[user + 1], problem.cutoff);
  const int64_t window = problem.cutoff - plan.windows[plan.window_count - 1];
  int64_t pairs = 0;
  for (int64_t event = FirstAfter(problem.log, begin, end, window); event < end; ++event) {
    pairs += IsPositive(problem.log, plan, event) ? 1 : 0;
  }
  problem.end[user] = end;
  problem.pairs[user] = pairs;
}

// A thread a row.
__global__ void __launch_bounds__(kFeatureThreads)
    FeatureVisitsKernel(const FeatureProblem problem, int64_t rows) {
  const int64_t row = FeatureThread();
  if (row >= rows) return;
  const int32_t user = problem.rows[row];
  const int64_t at = problem.pair_begin[user];
  ItemVisit* items = problem.pair_items + at;
  const VisitsFound found = FindVisits(problem.log, problem.plan, UserEvents(problem, user), items,
                                       problem.visit_begin + at);
  for (int64_t pair = 0; pair < found.events; ++pair) {
    problem.keys[at + pair] =
        static_cast<uint64_t>(user) << 32 | static_cast<uint32_t>(items[pair].item);
  }
  problem.visits[user] = found.visits;
  problem.came_back[user] = found.came_back ? 1 : 0;
}

// A thread a pair, sorted. Of a user's pairs with an item, the first of the earlier span counts the
// customer; those of that span follow each other, as they are in the order of time.
__global__ void __launch_bounds__(kFeatureThreads)
    FeatureItemsKernel(const FeatureProblem problem, int64_t pairs) {
  const int64_t pair = FeatureThread();
  if (pair >= pairs) return;
  const ItemVisit one = problem.pair_items[pair];
  DeviceItemCounts& item = problem.counts[one.item];
  atomicAdd(&item.events, 1ULL);
  if (one.recent != 0) atomicAdd(&item.recent, 1ULL);
  if (one.earlier == 0) return;
  const uint64_t key = problem.keys[pair];
  if (pair > 0 && problem.keys[pair - 1] == key && problem.pair_items[pair - 1].earlier != 0) {
    return;
  }
  atomicAdd(&item.customers, 1ULL);
  if (problem.came_back[key >> 32] != 0) atomicAdd(&item.returned, 1ULL);
}

// Adds up all items' customers: whole numbers, so the order does not matter.
__global__ void __launch_bounds__(kFeatureThreads)
    FeatureTotalsKernel(const FeatureProblem problem) {
  unsigned long long customers = 0;
  unsigned long long returned = 0;
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t item = FeatureThread(); item < problem.items; item += step) {
    customers += problem.counts[item].customers;
    returned += problem.counts[item].returned;
  }
  atomicAdd(&problem.totals->customers, customers);
  atomicAdd(&problem.totals->returned, returned);
}

TIDEWRIGHT_HOST_DEVICE inline ItemCounts CountsOf(const DeviceItemCounts& item) {
  return {static_cast<int64_t>(item.events), static_cast<int64_t>(item.recent),
          static_cast<int64_t>(item.customers), static_cast<int64_t>(item.returned)};
}

// A thread an item.
__global__ void __launch_bounds__(kFeatureThreads)
    FeatureFactsKernel(const FeatureProblem problem) {
  const int64_t item = FeatureThread();
  if (item < problem.items) {
    problem.facts[item] = FactOf(CountsOf(problem.counts[item]), CountsOf(*problem.totals));
  }
}

// A thread a row of the batch.
__global__ void __launch_bounds__(kFeatureThreads)
    FeatureProfileKernel(const FeatureProblem problem, const FeatureBatch batch) {
  const int64_t row = FeatureThread();
  if (row >= batch.rows) return;
  const int32_t user = problem.rows[batch.begin + row];
  const int64_t at = problem.pair_begin[user];
  VisitsFound found;
  found.events = problem.pairs[user];
  found.visits = problem.visits[user];
  ProfileCustomer(problem.log, problem.plan, problem.facts, batch.return_share_known,
                  UserEvents(problem, user), problem.pair_items + at, problem.visit_begin + at,
                  found, {batch.numbers + row, batch.rows});
}

// A thread a row of the batch and formula.
__global__ void __launch_bounds__(kFeatureThreads) FeatureValueKernel(const FeatureBatch batch) {
  const int64_t row = FeatureThread();
  if (row >= batch.rows) return;
  for (int64_t f = blockIdx.y; f < batch.formula_count; f += gridDim.y) {
    batch.values[f * batch.rows + row] =
        FeatureValue(batch.formulas[f], {batch.numbers + row, batch.rows});
  }
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_CUDA_FEATURES_FEATURES_KERNELS_CUH_
