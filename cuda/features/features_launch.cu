#include "cuda/features/features_launch.h"

#include <thrust/copy.h>
#include <thrust/execution_policy.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/system_error.h>

#include <string>

#include "cuda/core/launch.h"
#include "cuda/features/features_kernels.cuh"
#include "host/core/errors.h"

namespace tidewright {
namespace {

constexpr unsigned kMostValueRows = 4096;
constexpr unsigned kMostTotalBlocks = 64;

// Thrust's own memory, from the context's pool in the order of its stream.
class PoolAllocator {
 public:
  using value_type = char;
  explicit PoolAllocator(const DeviceContext& context) : context_(&context) {}

  char* allocate(std::ptrdiff_t bytes) {
    void* memory = nullptr;
    CUDA_CHECK(cudaMallocFromPoolAsync(&memory, static_cast<size_t>(bytes), context_->pool(),
                                       context_->stream()));
    return static_cast<char*>(memory);
  }
  void deallocate(char* memory, size_t) { cudaFreeAsync(memory, context_->stream()); }

 private:
  const DeviceContext* context_;
};

struct HasPairs {
  __host__ __device__ bool operator()(int64_t pairs) const { return pairs > 0; }
};

// Calls call(), in which Thrust runs: what it throws is a device's failure.
template <class Call>
auto WithThrust(const Call& call) {
  try {
    return call();
  } catch (const thrust::system_error& error) {
    throw DeviceError(std::string("features: ") + error.what());
  }
}

unsigned FeatureBlocks(int64_t count) { return BlocksFor(count, kFeatureThreads); }

}  // namespace

FeatureSizes CountFeatureRows(const DeviceContext& context, const FeatureProblem& problem) {
  FeatureCountKernel<<<FeatureBlocks(problem.users), kFeatureThreads, 0, context.stream()>>>(
      problem);
  CUDA_CHECK(cudaGetLastError());
  PoolAllocator allocator(context);
  const auto policy = thrust::cuda::par(allocator).on(context.stream());
  const thrust::counting_iterator<int32_t> users(0);
  const int32_t* rows_end = WithThrust([&] {
    thrust::exclusive_scan(policy, problem.pairs, problem.pairs + problem.users, problem.pair_begin,
                           int64_t{0});
    return thrust::copy_if(policy, users, users + static_cast<std::ptrdiff_t>(problem.users),
                           problem.pairs, problem.rows, HasPairs());
  });
  int64_t last[2] = {0, 0};
  CUDA_CHECK(cudaMemcpyAsync(&last[0], problem.pairs + problem.users - 1, sizeof(int64_t),
                             cudaMemcpyDeviceToHost, context.stream()));
  CUDA_CHECK(cudaMemcpyAsync(&last[1], problem.pair_begin + problem.users - 1, sizeof(int64_t),
                             cudaMemcpyDeviceToHost, context.stream()));
  context.Synchronize();
  return {rows_end - problem.rows, last[0] + last[1]};
}

void FindFeaturePairs(const DeviceContext& context, const FeatureProblem& problem,
                      const FeatureSizes& sizes) {
  FeatureVisitsKernel<<<FeatureBlocks(sizes.rows), kFeatureThreads, 0, context.stream()>>>(
      problem, sizes.rows);
  CUDA_CHECK(cudaGetLastError());
  PoolAllocator allocator(context);
  WithThrust([&] {
    thrust::stable_sort_by_key(thrust::cuda::par(allocator).on(context.stream()), problem.keys,
                               problem.keys + sizes.pairs, problem.pair_items);
  });
}

void GatherFeatureFacts(const DeviceContext& context, const FeatureProblem& problem,
                        int64_t pairs) {
  FeatureItemsKernel<<<FeatureBlocks(pairs), kFeatureThreads, 0, context.stream()>>>(problem,
                                                                                     pairs);
  CUDA_CHECK(cudaGetLastError());
  const unsigned blocks = FeatureBlocks(problem.items);
  const unsigned few = blocks < kMostTotalBlocks ? blocks : kMostTotalBlocks;
  FeatureTotalsKernel<<<few, kFeatureThreads, 0, context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
  FeatureFactsKernel<<<blocks, kFeatureThreads, 0, context.stream()>>>(problem);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchFeatureBatch(const DeviceContext& context, const FeatureProblem& problem,
                        const FeatureBatch& batch) {
  FeatureProfileKernel<<<FeatureBlocks(batch.rows), kFeatureThreads, 0, context.stream()>>>(problem,
                                                                                            batch);
  CUDA_CHECK(cudaGetLastError());
  if (batch.formula_count == 0) return;
  const auto formulas = static_cast<unsigned>(batch.formula_count);
  const dim3 grid(FeatureBlocks(batch.rows), formulas < kMostValueRows ? formulas : kMostValueRows);
  FeatureValueKernel<<<grid, kFeatureThreads, 0, context.stream()>>>(batch);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
