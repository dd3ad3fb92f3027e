#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

// The solver's own sources, compiled for the emulator, and below them its launchers.
#include "cuda/core/device_context.cu"
#include "cuda/ials/estimate.cu"
#include "cuda/ials/ials_cuda.cu"
#include "cuda/ials/row_engine.cu"
#include "cuda/ials/row_kernels.cuh"
#include "cuda/ials/table_kernels.cuh"
#include "cuda/ials/user_vectors.cu"
#include "host/linalg/top_k.h"
#include "tests/support/ials_reference.h"
#include "tests/support/ials_twins.h"

// The whole CUDA solver of iALS, run by the emulator against the CPU twin.

namespace tidewright {

TraceRange::TraceRange(const char*) {}
TraceRange::~TraceRange() = default;

namespace {

using emulation::Order;

void Run(int64_t blocks, int64_t passes, int threads, int64_t shared_bytes,
         const std::function<void()>& body) {
  emulation::Launch({static_cast<unsigned>(blocks), static_cast<unsigned>(passes), 1}, threads,
                    static_cast<size_t>(shared_bytes), Order::kForward, body);
}

void RunElements(int64_t elements, const std::function<void()>& body) {
  Run((elements + 255) / 256, 1, 256, 0, body);
}

template <class Multiply>
RowKernels EmulatedRowKernels() {
  RowKernels kernels;
  kernels.solve_rows = [](const DeviceContext&, const RowProblem& problem, const int32_t* rows,
                          int64_t count) {
    Run(count, 1, RowWarps(problem.padded) * kWarpSize, SolveShared::Bytes(problem.padded),
        [&] { SolveRowsKernel<Multiply>(problem, rows); });
  };
  kernels.accumulate_parts = [](const DeviceContext&, const RowProblem& problem,
                                const EntryRange* parts, int64_t count, const PartialSums& sums) {
    const int warps = RowWarps(problem.padded);
    const int per_pass = kTilesPerWarp * warps;
    Run(count, (TriangleTiles(TileCount(problem.padded)) + per_pass - 1) / per_pass,
        warps * kWarpSize, PartShared::Bytes(problem.padded),
        [&] { AccumulatePartsKernel<Multiply>(problem, parts, sums); });
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
void LaunchSumParts(const DeviceContext&, const PartialSums& sums, int64_t parts, float* total) {
  RunElements(sums.tiles_stride, [&] { SumPartsKernel(sums, parts, total); });
}
void LaunchSumShares(const DeviceContext&, const double* shares, int64_t count, double* total) {
  Run(1, 1, kSumThreads, kSumThreads * sizeof(double),
      [&] { SumSharesKernel(shares, count, total); });
}
void LaunchClearRows(const DeviceContext&, const RowProblem& problem, const int32_t* rows,
                     int64_t count) {
  RunElements(count * problem.padded, [&] { ClearRowsKernel(problem, rows, count); });
}
void LaunchPadRows(const DeviceContext&, const float* packed, int padded, int factors,
                   int64_t count, float* table) {
  RunElements(count * padded, [&] { PadRowsKernel(packed, padded, factors, count, table); });
}
void LaunchGatherRows(const DeviceContext&, const float* table, int padded, int factors,
                      const int32_t* rows, int64_t count, float* packed) {
  RunElements(count * factors,
              [&] { GatherRowsKernel(table, padded, factors, rows, count, packed); });
}

namespace {

class IalsSolver : public ::testing::Test {
 protected:
  void SetUp() override { emulation::device = {}; }
  void TearDown() override { EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked"; }
};

std::unique_ptr<Solver> MakeEmulated(const IalsConfig& config, const Interactions& data) {
  return MakeIalsCuda(0, TopKCpu, config, data);
}

TEST_F(IalsSolver, TrainsAsTheCpuDoes) {
  const Interactions data = RandomInteractions(20, 14, 0.3, 1);
  for (const IalsConfig& config : {TwinConfig(20, "fp32"), TwinConfig(40, "tf32")}) {
    ExpectTwins(*MakeEmulated(config, data), config, data);
  }
}

TEST_F(IalsSolver, TrainsAsTheCpuDoesWhereSharedMemoryIsShort) {
  emulation::device.shared_bytes = 15000;
  const Interactions data = RandomInteractions(12, 9, 0.3, 1);
  const IalsConfig config = TwinConfig(64, "fp32");
  ExpectTwins(*MakeEmulated(config, data), config, data);
}

TEST_F(IalsSolver, ValidationMatchesTheCpuForSeenAndUnseenUsers) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 4);
  EvalSet users;
  users.known.cols = users.relevant.cols = 30;
  for (int32_t user = 0; user < 40; ++user) {
    const Csr known = SelectRows(data.by_user, {user});
    const int32_t target = (7 * user) % 30;
    if (known.ids.empty() || std::binary_search(known.ids.begin(), known.ids.end(), target)) {
      continue;
    }
    users.model_rows.push_back(user % 2 == 0 ? user : -1);
    users.known.ids.insert(users.known.ids.end(), known.ids.begin(), known.ids.end());
    users.known.values.insert(users.known.values.end(), known.values.begin(), known.values.end());
    users.known.offsets.push_back(users.known.nnz());
    users.relevant.ids.push_back(target);
    users.relevant.values.push_back(1.0f);
    users.relevant.offsets.push_back(users.relevant.nnz());
  }
  users.known.rows = users.relevant.rows = static_cast<int64_t>(users.model_rows.size());
  ASSERT_GT(users.known.rows, 10);
  const StopFlag stop;
  const auto cpu = MakeIalsCpu(TwinConfig(16, "fp32"), data);
  const auto cuda = MakeEmulated(TwinConfig(16, "fp32"), data);
  cpu->AttachValidation({&users, "ndcg", 20});
  cuda->AttachValidation({&users, "ndcg", 20});
  const double expected = cpu->RunEpoch(stop).validation.value();
  EXPECT_GT(expected, 0.05);
  EXPECT_NEAR(cuda->RunEpoch(stop).validation.value(), expected, 1e-6);
}

TEST_F(IalsSolver, WhatDoesNotFitIsRefusedWithTheEstimate) {
  const Interactions data = RandomInteractions(40, 30, 0.2, 4);
  emulation::device.free_bytes = size_t{64} << 20;
  try {
    MakeEmulated(TwinConfig(128, "tf32"), data);
    FAIL() << "it was taken";
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find("of which 0.06 GiB are free"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(MakeEmulated(TwinConfig(1025, "tf32"), data), DeviceError);
}

TEST_F(IalsSolver, ACheckpointOfAnotherProblemIsRefused) {
  const Interactions data = RandomInteractions(30, 20, 0.2, 1);
  const auto solver = MakeEmulated(TwinConfig(16, "tf32"), data);
  EXPECT_THROW(MakeEmulated(TwinConfig(24, "tf32"), data)->Restore(solver->Save()), DataError);
  EXPECT_THROW(solver->Restore(MakeIalsCpu(TwinConfig(16, "tf32"), data)->Save()), DataError);
}

}  // namespace
}  // namespace tidewright
