#include "cuda/ials/cg_launch.h"

#include "cuda/core/launch.h"
#include "cuda/ials/cg_gather.cuh"
#include "cuda/ials/cg_update.cuh"

namespace tidewright {
namespace {

template <class Element, int kLanes, int kVectors>
void LaunchTeams(const DeviceContext& context, const CgProblem& problem, int64_t short_begin,
                 int64_t slots, const CgPass& pass) {
  if (short_begin > 0) {
    const int64_t bytes = CgLongBytes(problem.rows.padded);
    CgLongKernel<Element, kLanes, kVectors>
        <<<static_cast<unsigned>(short_begin), kCgThreads, static_cast<size_t>(bytes),
           context.stream()>>>(problem, 0, pass);
    CUDA_CHECK(cudaGetLastError());
  }
  if (slots > short_begin) {
    CgShortKernel<Element, kLanes, kVectors>
        <<<BlocksFor(slots - short_begin, kCgWarps), kCgThreads, 0, context.stream()>>>(
            problem, short_begin, slots - short_begin, pass);
    CUDA_CHECK(cudaGetLastError());
  }
}

template <class Element, int kVectors>
void LaunchWide(const DeviceContext& context, const CgProblem& problem, int64_t slots,
                const CgPass& pass) {
  CgWideKernel<Element, kVectors>
      <<<static_cast<unsigned>(slots), CgWideThreads(problem.rows.padded, kVectors),
         static_cast<size_t>(CgWideBytes()), context.stream()>>>(problem, 0, pass);
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace

void LaunchCgLoad(const DeviceContext& context, const CgProblem& problem, bool from_zero) {
  CgLoadKernel<<<BlocksFor(problem.places * (problem.rows.padded / 4), kCgThreads), kCgThreads, 0,
                 context.stream()>>>(problem, from_zero);
  CUDA_CHECK(cudaGetLastError());
}

void LaunchCgPass(const DeviceContext& context, const CgProblem& problem, int64_t short_begin,
                  int64_t slots, const CgPass& pass) {
  WithElement(problem.rows.storage, [&](auto element) {
    using Element = decltype(element);
    ForCgShape(
        problem.rows.padded,
        [&](auto lanes, auto vectors) {
          LaunchTeams<Element, lanes(), vectors()>(context, problem, short_begin, slots, pass);
        },
        [&](auto vectors) { LaunchWide<Element, vectors()>(context, problem, slots, pass); });
  });
}

void LaunchCgUpdate(const DeviceContext& context, const CgProblem& problem, CgUpdate update) {
  if (problem.rows.padded <= kMaxWarpColumns) {
    CgUpdateKernel<1>
        <<<BlocksFor(problem.places, kCgWarps), kCgThreads, 0, context.stream()>>>(problem, update);
  } else {
    CgUpdateKernel<kCgWarps>
        <<<static_cast<unsigned>(problem.places), kCgThreads, static_cast<size_t>(RowSumBytes()),
           context.stream()>>>(problem, update);
  }
  CUDA_CHECK(cudaGetLastError());
}

}  // namespace tidewright
