#ifndef TIDEWRIGHT_TESTS_EMULATION_LAUNCHERS_H_
#define TIDEWRIGHT_TESTS_EMULATION_LAUNCHERS_H_

#include <functional>

#include "cuda/core/launch_graph.h"
#include "cuda/core/trace.h"
#include "cuda/ials/cg_launch.h"
#include "cuda/ials/cg_update.cuh"
#include "cuda/ials/ialspp_launch.h"
#include "cuda/ials/ialspp_solve.cuh"
#include "cuda/ials/ialspp_sweep.cuh"
#include "cuda/ials/row_kernels.cuh"
#include "cuda/ials/row_launch.h"
#include "cuda/ials/table_kernels.cuh"

// The launchers of cuda/ials, done by the emulator: for the one source file of a test that includes
// the solver's own sources.

namespace tidewright {

TraceRange::TraceRange(const char*) {}
TraceRange::~TraceRange() = default;

LaunchGraph::~LaunchGraph() = default;
LaunchGraph::LaunchGraph(LaunchGraph&&) noexcept {}
void LaunchGraph::Run(const DeviceContext&, const std::function<void()>& enqueue) { enqueue(); }

namespace {

void Run(int64_t blocks, int64_t passes, int threads, int64_t shared_bytes,
         const std::function<void()>& body) {
  emulation::Launch({static_cast<unsigned>(blocks), static_cast<unsigned>(passes), 1}, threads,
                    static_cast<size_t>(shared_bytes), emulation::Order::kForward, body);
}

void RunElements(int64_t elements, const std::function<void()>& body) {
  Run((elements + 255) / 256, 1, 256, 0, body);
}

template <class Multiply>
RowKernels EmulatedRowKernels() {
  RowKernels kernels;
  kernels.solve_rows = [](const DeviceContext&, const RowProblem& problem, const int32_t* rows,
                          int64_t count) {
    Run(count, 1, RowWarps(problem.padded) * kWarpSize, SolveShared::Bytes(problem.padded), [&] {
      WithElement(problem.storage, [&](auto element) {
        SolveRowsKernel<Multiply, decltype(element)>(problem, rows);
      });
    });
  };
  kernels.accumulate_parts = [](const DeviceContext&, const RowProblem& problem,
                                const EntryRange* parts, int64_t count, const PartialSums& sums) {
    Run(count, PartPasses(problem.padded), RowWarps(problem.padded) * kWarpSize,
        PartShared::Bytes(StagedColumns(problem.padded)), [&] {
          WithElement(problem.storage, [&](auto element) {
            if (problem.padded > kMaxStagedColumns) {
              AccumulatePanelsKernel<Multiply, decltype(element)>(problem, parts, sums);
            } else {
              AccumulatePartsKernel<Multiply, decltype(element)>(problem, parts, sums);
            }
          });
        });
  };
  kernels.solve_parts = [](const DeviceContext&, const RowProblem& problem, const SplitRow* rows,
                           int64_t count, const PartialSums& sums, bool in_place) {
    Run(count, 1, PartsThreads(problem.padded, in_place),
        VectorShared::Bytes(problem.padded, in_place), [&] {
          if (in_place) {
            SolvePartsKernel<Multiply, true>(problem, rows, sums);
          } else {
            SolvePartsKernel<Multiply, false>(problem, rows, sums);
          }
        });
  };
  return kernels;
}

}  // namespace

const RowKernels& Tf32RowKernels() {
  static const RowKernels kernels = EmulatedRowKernels<Tf32Multiply>();
  return kernels;
}
const RowKernels& Fp32RowKernels() {
  static const RowKernels kernels = EmulatedRowKernels<Fp32Multiply>();
  return kernels;
}
void LaunchSumShares(const DeviceContext&, const double* shares, int64_t count, double* total) {
  Run(1, 1, kSumThreads, kSumThreads * sizeof(double),
      [&] { SumSharesKernel(shares, count, total); });
}
void LaunchPadRows(const DeviceContext&, const float* packed, const TableLayout& layout,
                   int64_t count, const StoredTable& table) {
  if (count == 0) return;
  WithElement(table.storage, [&](auto element) {
    RunElements(count * layout.padded(), [&] {
      PadRowsKernel(packed, layout, count, static_cast<decltype(element)*>(table.numbers));
    });
  });
}
void LaunchStoreRows(const DeviceContext&, const float* solved, int64_t count, int padded,
                     const StoredTable& table, double* share) {
  if (count == 0) return;
  WithElement(table.storage, [&](auto element) {
    Run((count + 7) / 8, 1, 256, 0, [&] {
      StoreRowsKernel(solved, count, padded, static_cast<decltype(element)*>(table.numbers), share);
    });
  });
}
void LaunchWidenRows(const DeviceContext&, const StoredTable& table, int64_t elements,
                     float* floats) {
  if (elements == 0) return;
  WithElement(table.storage, [&](auto element) {
    RunElements(elements / 4, [&] {
      WidenRowsKernel(static_cast<const decltype(element)*>(table.numbers), elements, floats);
    });
  });
}
void LaunchGatherRows(const DeviceContext&, const StoredTable& table, const TableLayout& layout,
                      const int32_t* rows, int64_t count, float* packed) {
  if (count == 0) return;
  WithElement(table.storage, [&](auto element) {
    RunElements(count * layout.factors, [&] {
      GatherRowsKernel(static_cast<const decltype(element)*>(table.numbers), layout, rows, count,
                       packed);
    });
  });
}

void LaunchCgLoad(const DeviceContext&, const CgProblem& problem, bool from_zero) {
  RunElements(problem.places * (problem.rows.padded / 4),
              [&] { CgLoadKernel(problem, from_zero); });
}
void LaunchCgPass(const DeviceContext&, const CgProblem& problem, int64_t short_begin,
                  int64_t slots, const CgPass& pass) {
  WithElement(problem.rows.storage, [&](auto element) {
    using Element = decltype(element);
    ForCgShape(
        problem.rows.padded,
        [&](auto lanes, auto vectors) {
          constexpr int kLanes = decltype(lanes)::value;
          constexpr int kVectors = decltype(vectors)::value;
          if (short_begin > 0) {
            Run(short_begin, 1, kCgThreads, CgLongBytes(problem.rows.padded),
                [&] { CgLongKernel<Element, kLanes, kVectors>(problem, 0, pass); });
          }
          const int64_t count = slots - short_begin;
          if (count == 0) return;
          Run((count + kCgWarps - 1) / kCgWarps, 1, kCgThreads, 0,
              [&] { CgShortKernel<Element, kLanes, kVectors>(problem, short_begin, count, pass); });
        },
        [&](auto vectors) {
          constexpr int kVectors = decltype(vectors)::value;
          Run(slots, 1, CgWideThreads(problem.rows.padded, kVectors), CgWideBytes(),
              [&] { CgWideKernel<Element, kVectors>(problem, 0, pass); });
        });
  });
}
void LaunchCgUpdate(const DeviceContext&, const CgProblem& problem, CgUpdate update) {
  if (problem.rows.padded <= kMaxWarpColumns) {
    Run((problem.places + kCgWarps - 1) / kCgWarps, 1, kCgThreads, 0,
        [&] { CgUpdateKernel<1>(problem, update); });
  } else {
    Run(problem.places, 1, kCgThreads, RowSumBytes(),
        [&] { CgUpdateKernel<kCgWarps>(problem, update); });
  }
}

namespace {

template <class Multiply>
IalsppKernels EmulatedIalsppKernels() {
  IalsppKernels kernels;
  kernels.solve_rows = [](const DeviceContext&, const IalsppProblem& problem) {
    Run(problem.places, 1, RowWarps(problem.rows.padded) * kWarpSize,
        SolveShared::Bytes(problem.rows.padded), [&] {
          WithElement(problem.rows.storage, [&](auto element) {
            IalsppSolveRowsKernel<Multiply, decltype(element)>(problem);
          });
        });
  };
  kernels.solve_parts = [](const DeviceContext&, const IalsppProblem& problem,
                           const PartialSums& sums, bool in_place) {
    Run(problem.places, 1, PartsThreads(problem.rows.padded, in_place),
        VectorShared::Bytes(problem.rows.padded, in_place), [&] {
          if (in_place) {
            IalsppSolvePartsKernel<Multiply, true>(problem, sums);
          } else {
            IalsppSolvePartsKernel<Multiply, false>(problem, sums);
          }
        });
  };
  return kernels;
}

}  // namespace

const IalsppKernels& Tf32IalsppKernels() {
  static const IalsppKernels kernels = EmulatedIalsppKernels<Tf32Multiply>();
  return kernels;
}
const IalsppKernels& Fp32IalsppKernels() {
  static const IalsppKernels kernels = EmulatedIalsppKernels<Fp32Multiply>();
  return kernels;
}
void LaunchIalsppLoad(const DeviceContext&, const IalsppProblem& problem) {
  RunElements(problem.places * (problem.width / 4), [&] { IalsppLoadKernel(problem); });
}
void LaunchIalsppPredict(const DeviceContext&, const IalsppProblem& problem, int64_t slots) {
  Run(slots, 1, kSweepThreads, int64_t{4} * problem.width, [&] {
    WithElement(problem.rows.storage,
                [&](auto element) { IalsppPredictKernel<decltype(element)>(problem); });
  });
}
void LaunchIalsppMoveParts(const DeviceContext&, const IalsppProblem& problem, int64_t parts) {
  Run(parts, 1, kSweepThreads, int64_t{4} * problem.rows.padded, [&] {
    WithElement(problem.rows.storage,
                [&](auto element) { IalsppMovePartsKernel<decltype(element)>(problem); });
  });
}
void LaunchIalsppFinish(const DeviceContext&, const IalsppProblem& problem) {
  Run(problem.places, 1, kSweepThreads, kSweepWarps * int64_t{8},
      [&] { IalsppFinishKernel(problem); });
}
void LaunchPackBlocks(const DeviceContext&, const float* gramian, int width, int padded,
                      float* blocks) {
  RunElements(TileStart(TileCount(padded), 0) * (width / padded),
              [&] { PackBlocksKernel(gramian, width, padded, blocks); });
}

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_EMULATION_LAUNCHERS_H_
