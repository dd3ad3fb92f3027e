#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

// The solver's own sources, compiled for the emulator.
#include "cuda/core/device_context.cpp"
#include "cuda/core/kernel_clock.cpp"
#include "cuda/ials/batch_stream.cpp"
#include "cuda/ials/cg_engine.cpp"
#include "cuda/ials/device_rows.cpp"
#include "cuda/ials/estimate.cpp"
#include "cuda/ials/factor_side.cpp"
#include "cuda/ials/half_engine.cpp"
#include "cuda/ials/ials_cuda.cpp"
#include "cuda/ials/ialspp_engine.cu"
#include "cuda/ials/row_engine.cu"
#include "cuda/ials/user_vectors.cpp"
#include "cuda/linalg/gemm.cpp"
#include "host/backend/device_memory.h"
#include "host/ials/factor_storage.h"
#include "host/linalg/top_k.h"
#include "tests/emulation/halves.h"
#include "tests/emulation/launchers.h"
#include "tests/support/ials_reference.h"
#include "tests/support/ials_twins.h"
#include "tests/support/tolerances.h"

// The whole CUDA solver of iALS, run by the emulator against the CPU twin.

namespace tidewright {
namespace {

class IalsSolver : public ::testing::Test {
 protected:
  void SetUp() override { emulation::device = {}; }
  void TearDown() override {
    SetDeviceMemoryLimit(0);
    EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked";
  }
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

IalsConfig CgConfig(int64_t factors, const std::string& precision, int64_t steps) {
  IalsConfig config = TwinConfig(factors, precision);
  config.solver = "cg";
  config.cg_steps = steps;
  return config;
}

TEST_F(IalsSolver, CgTrainsAsTheCpuDoes) {
  const Interactions data = RandomInteractions(20, 14, 0.3, 1);
  for (const IalsConfig& config : {CgConfig(8, "fp32", 3), CgConfig(50, "fp32", 1),
                                   CgConfig(100, "fp32", 3), CgConfig(40, "tf32", 3)}) {
    ExpectTwins(*MakeEmulated(config, data), config, data);
  }
}

TEST_F(IalsSolver, CgGoesOnNoFurtherThanTheCpuDoes) {
  const Interactions data = RandomInteractions(20, 14, 0.3, 1);
  const IalsConfig config = CgConfig(8, "fp32", 20);
  ExpectTwins(*MakeEmulated(config, data), config, data);
}

TEST_F(IalsSolver, ACheckpointOfAnotherProblemIsRefused) {
  const Interactions data = RandomInteractions(30, 20, 0.2, 1);
  const auto solver = MakeEmulated(TwinConfig(16, "tf32"), data);
  EXPECT_THROW(MakeEmulated(TwinConfig(24, "tf32"), data)->Restore(solver->Save()), DataError);
  EXPECT_THROW(solver->Restore(MakeIalsCpu(TwinConfig(16, "tf32"), data)->Save()), DataError);
}

// Halves with few rows and parts at once: every kind of row meets every kind of batch.
RowBinLimits SmallLimits() {
  RowBinLimits limits;
  limits.whole_length = 60;
  limits.short_length = 12;
  limits.part_length = 16;
  limits.parts_at_once = 8;
  limits.rows_at_once = 5;
  return limits;
}

TEST_F(IalsSolver, CgSolvesRowsOfEveryLengthAsTheCpuDoes) {
  for (const int64_t factors : {20, 40, 100, 200, 300}) {
    const HalfProblem problem(CgConfig(factors, "fp32", 3), {0, 1, 7, 12, 13, 60, 61, 130, 9}, 130);
    ExpectHalvesAgree(problem, SmallLimits(), kFp32FactorTolerance, kFp32LossTolerance);
  }
}

TEST_F(IalsSolver, CgSolvesWideRowsAsTheCpuDoes) {
  for (const int64_t factors : {600, 1100}) {
    const HalfProblem problem(CgConfig(factors, "fp32", 2), {3, 70, 14}, 70);
    ExpectHalvesAgree(problem, SmallLimits(), kFp32FactorTolerance, kFp32LossTolerance);
  }
  const HalfProblem problem(CgConfig(4100, "fp32", 1), {3}, 5);
  ExpectHalvesAgree(problem, SmallLimits(), kFp32FactorTolerance, kFp32LossTolerance);
}

// However epochs are trained.
void ExpectFoldsInExactly(const IalsConfig& config) {
  for (const std::string precision : {"fp32", "tf32"}) {
    SCOPED_TRACE(precision);
    IalsConfig trained = config;
    trained.precision = precision;
    HalfProblem problem(trained, {1, 7, 33, 61, 130}, 130);
    problem.fold_in = true;
    ExpectHalvesAgree(problem, SmallLimits(), kFp32FactorTolerance, kFp32LossTolerance);
  }
}

TEST_F(IalsSolver, CgFoldsInAsExactlyAsAFactorization) {
  ExpectFoldsInExactly(CgConfig(40, "fp32", 1));
}

TEST_F(IalsSolver, CholeskyFoldsInWithFullProducts) {
  ExpectFoldsInExactly(TwinConfig(40, "fp32"));
}

IalsConfig IalsppConfig(int64_t factors, const std::string& precision, int64_t block) {
  IalsConfig config = TwinConfig(factors, precision);
  config.solver = "ialspp";
  config.block_size = block;
  return config;
}

TEST_F(IalsSolver, IalsppTrainsAsTheCpuDoes) {
  const Interactions data = RandomInteractions(20, 14, 0.3, 1);
  for (const IalsConfig& config :
       {IalsppConfig(8, "fp32", 0), IalsppConfig(50, "fp32", 20), IalsppConfig(64, "tf32", 32)}) {
    ExpectTwins(*MakeEmulated(config, data), config, data);
  }
}

TEST_F(IalsSolver, IalsppSolvesRowsOfEveryLengthAsTheCpuDoes) {
  const std::vector<int64_t> lengths{0, 1, 7, 13, 61, 90};
  // The last block of 70 is narrow, and 33 is no multiple of anything.
  for (const auto& [factors, block] : {std::pair(40, 64), {70, 32}, {70, 33}, {150, 100}}) {
    const HalfProblem problem(IalsppConfig(factors, "fp32", block), lengths, 90);
    ExpectHalvesAgree(problem, SmallLimits(), kFp32FactorTolerance, kFp32LossTolerance);
  }
}

// As where a system has no room in shared memory.
RowBinLimits SplitLimits() {
  RowBinLimits limits = SmallLimits();
  limits.whole_length = 0;
  return limits;
}

TEST_F(IalsSolver, CholeskySolvesWideRowsAsTheCpuDoes) {
  const HalfProblem problem(TwinConfig(1030, "fp32"), {21}, 40);
  ExpectHalvesAgree(problem, SplitLimits(), kFp32FactorTolerance, kFp32LossTolerance);
}

TEST_F(IalsSolver, IalsppFoldsInAsExactlyAsAFactorization) {
  ExpectFoldsInExactly(IalsppConfig(40, "fp32", 20));
}

TEST_F(IalsSolver, IalsppBlocksThatPadToRowsTooWideAreRefused) {
  const Interactions data = RandomInteractions(12, 9, 0.3, 1);
  for (const auto& [factors, block] : {std::pair(257, 1), {2100, 8}, {8192, 96}}) {
    SCOPED_TRACE(std::to_string(factors) + " / " + std::to_string(block));
    EXPECT_THROW(MakeEmulated(IalsppConfig(factors, "fp32", block), data), DeviceError);
  }
  EXPECT_NO_THROW(MakeEmulated(IalsppConfig(256, "fp32", 1), data));
}

// Batches of a few rows and entries, of every kind; the data placed as told.
std::unique_ptr<Solver> MakePlaced(const IalsConfig& config, const Interactions& data,
                                   const IalsPlacement& placement) {
  RowBinLimits limits = SmallLimits();
  limits.whole_length = 6;
  limits.part_length = 4;
  limits.entries_at_once = 20;
  auto context = std::make_unique<const DeviceContext>(0);
  auto engine = MakeHalfEngine(*context, config);
  return std::make_unique<IalsCudaSolver>(std::move(context), TopKCpu, config, data,
                                          std::move(engine), limits, placement);
}

IalsConfig StoredAs(IalsConfig config, const std::string& storage) {
  config.storage = storage;
  return config;
}

constexpr IalsPlacement kStreamed{true, false, false};
constexpr IalsPlacement kUsersOnHost{true, true, false};
constexpr IalsPlacement kAllOnHost{true, true, true};

void ExpectSameModel(const Solver& solver, const Solver& expected) {
  const FactorModel model = std::get<FactorModel>(solver.Snapshot());
  const FactorModel other = std::get<FactorModel>(expected.Snapshot());
  EXPECT_EQ(model.user_factors, other.user_factors);
  EXPECT_EQ(model.item_factors, other.item_factors);
  EXPECT_EQ(model.item_gramian, other.item_gramian);
}

// Together they do what the estimate says of the epoch; rows without entries are not solved.
TEST_F(IalsSolver, KernelsAreTimedByKind) {
  const Interactions data = RandomInteractions(20, 14, 0.3, 1);
  int64_t solved = 0;
  for (const Csr* side : {&data.by_user, &data.by_item}) {
    for (int64_t row = 0; row < side->rows; ++row) solved += side->RowLength(row) > 0 ? 1 : 0;
  }
  for (const IalsConfig& config :
       {TwinConfig(20, "fp32"), CgConfig(20, "fp32", 2), IalsppConfig(20, "fp32", 10)}) {
    SCOPED_TRACE(config.solver);
    const auto solver = MakeEmulated(config, data);
    std::map<std::string, double> flops;
    for (const KernelTime& kernel : solver->TimeKernels()) {
      EXPECT_GT(kernel.launches, 0) << kernel.name;
      EXPECT_NEAR(kernel.seconds, 1e-3 * static_cast<double>(kernel.launches), 1e-6);
      for (const CostPhase& phase : kernel.costs) flops[phase.name] += phase.flops;
    }
    const CostEstimate estimate = EstimateIalsCuda(config, 20, 14, data.by_user.nnz(), INT64_MAX);
    ASSERT_EQ(flops.size(), estimate.phases.size());
    for (const CostPhase& phase : estimate.phases) {
      SCOPED_TRACE(phase.name);
      const bool by_row =
          phase.name == "solve" || phase.name == "update" || phase.name == "product";
      const double expected = by_row ? static_cast<double>(solved) / 34 : 1.0;
      // A sweep's last product is of one side alone.
      const double allowed = phase.name == "product" ? 0.15 : 1e-9;
      EXPECT_NEAR(flops[phase.name] / phase.flops, expected, allowed);
    }
    const auto plain = MakeEmulated(config, data);
    plain->RunEpoch(StopFlag());
    ExpectSameModel(*solver, *plain);
  }
}

TEST_F(IalsSolver, WhatIsStreamedFromTheHostGivesTheBytesOfTheDevice) {
  const Interactions data = RandomInteractions(9, 8, 0.5, 1);
  const StopFlag stop;
  for (const auto& [config, placements] :
       {std::pair(TwinConfig(8, "fp32"), std::vector{kStreamed, kUsersOnHost}),
        {StoredAs(TwinConfig(8, "fp32"), "bf16"), {kAllOnHost}},
        {CgConfig(8, "fp32", 1), {kAllOnHost}}}) {
    SCOPED_TRACE(config.solver);
    const auto resident = MakePlaced(config, data, {});
    const double first = resident->RunEpoch(stop).loss;
    const double second = resident->RunEpoch(stop).loss;
    EXPECT_TRUE(std::isfinite(second));
    for (const IalsPlacement& placement : placements) {
      const auto streamed = MakePlaced(config, data, placement);
      EXPECT_EQ(streamed->RunEpoch(stop).loss, first);
      EXPECT_EQ(streamed->RunEpoch(stop).loss, second);
      ExpectSameModel(*streamed, *resident);
    }
  }
}

TEST_F(IalsSolver, AStreamedRunThatWasStoppedGoesOnOnTheDevice) {
  const Interactions data = RandomInteractions(9, 8, 0.5, 1);
  const StopFlag go;
  const IalsConfig config = StoredAs(TwinConfig(8, "fp32"), "bf16");
  const auto whole = MakePlaced(config, data, {});
  const double loss = whole->RunEpoch(go).loss;
  const auto streamed = MakePlaced(config, data, kAllOnHost);
  StopFlag stop;
  int waits = 0;
  emulation::device.on_wait = [&] {
    if (++waits == 3) stop.Request();
  };
  ASSERT_FALSE(streamed->RunEpoch(stop).finished);
  emulation::device.on_wait = nullptr;
  const auto resumed = MakePlaced(config, data, {});
  resumed->Restore(streamed->Save());
  EXPECT_EQ(resumed->RunEpoch(go).loss, loss);
  ExpectSameModel(*resumed, *whole);
}

// Both twins round the same solutions: all but what lies next to a middle is the same number.
TEST_F(IalsSolver, StoresWhatTheCpuDoes) {
  const Interactions data = RandomInteractions(9, 7, 0.4, 1);
  for (auto [config, storage] : {std::pair(TwinConfig(8, "fp32"), "bf16"),
                                 {CgConfig(8, "fp32", 2), "fp16"},
                                 {IalsppConfig(12, "fp32", 8), "bf16"}}) {
    SCOPED_TRACE(config.solver + ", " + storage);
    config.storage = storage;
    const auto solver = MakeEmulated(config, data);
    ExpectTwins(*solver, config, data);
    const State state = solver->Save();
    for (const char* name : {"user_factors", "item_factors"}) {
      AlignedVector<float> factors = state.floats.at(name);
      EXPECT_TRUE(
          RoundToStorage(StorageOf(config), static_cast<int64_t>(factors.size()), factors.data()));
      EXPECT_EQ(factors, state.floats.at(name));
    }
    const auto resumed = MakeEmulated(config, data);
    resumed->Restore(state);
    const StopFlag stop;
    EXPECT_EQ(resumed->RunEpoch(stop).loss, solver->RunEpoch(stop).loss);
    EXPECT_EQ(std::get<FactorModel>(resumed->Snapshot()).item_factors,
              std::get<FactorModel>(solver->Snapshot()).item_factors);
  }
}

// A half against a side of 16 bits, before it is rounded itself.
TEST_F(IalsSolver, RowsAgainstAStoredSideAreSolvedAsTheCpuDoes) {
  const std::vector<int64_t> lengths{0, 1, 13, 61};
  for (IalsConfig config : {TwinConfig(40, "fp32"), CgConfig(40, "fp32", 3),
                            CgConfig(600, "fp32", 1), IalsppConfig(70, "fp32", 33)}) {
    config.storage = config.factors == 40 ? "fp16" : "bf16";
    const HalfProblem problem(config, lengths, 90);
    ExpectHalvesAgree(problem, SmallLimits(), kFp32FactorTolerance, kFp32LossTolerance);
  }
}

TEST_F(IalsSolver, WhatTheStorageCannotHoldMakesTheLossANan) {
  const Interactions data = RandomInteractions(20, 14, 0.3, 1);
  IalsConfig config = TwinConfig(2, "fp32");
  config.storage = "fp16";
  config.alpha = config.unobserved_weight = config.frequency_exponent = 0;
  config.regularization = 1e-14;
  config.init_scale = 1e-6;
  const StopFlag stop;
  EXPECT_FALSE(std::isfinite(MakeEmulated(config, data)->RunEpoch(stop).loss));
}

TEST_F(IalsSolver, IalsppBlocksWiderThanSharedMemoryAreSolvedAsOnTheCpu) {
  const HalfProblem wide(IalsppConfig(270, "fp32", 260), {20}, 30);
  ExpectHalvesAgree(wide, SplitLimits(), kFp32FactorTolerance, kFp32LossTolerance);
  emulation::device.shared_bytes = 15000;
  const Interactions data = RandomInteractions(12, 9, 0.3, 1);
  const IalsConfig config = IalsppConfig(80, "fp32", 64);
  ExpectTwins(*MakeEmulated(config, data), config, data);
  emulation::device.shared_bytes = 10000;
  EXPECT_THROW(MakeEmulated(config, data), DeviceError);
}

}  // namespace
}  // namespace tidewright
