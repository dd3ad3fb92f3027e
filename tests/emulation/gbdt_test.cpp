#include <gtest/gtest.h>

// The solver's own source, compiled for the emulator; what it takes of cuda/core is compiled in
// ials_solver_test.cpp.
#include "cuda/gbdt/gbdt_cuda.cpp"
#include "cuda/gbdt/histogram_kernels.cuh"
#include "cuda/gbdt/partition_kernels.cuh"
#include "cuda/gbdt/row_kernels.cuh"
#include "cuda/gbdt/split_kernels.cuh"
#include "host/core/errors.h"
#include "tests/support/gbdt_tables.h"
#include "tests/support/gbdt_twins.h"

namespace tidewright {
namespace {

emulation::Order gbdt_order = emulation::Order::kForward;

void RunBlocks(int64_t blocks, int64_t groups, int threads, int64_t shared_bytes,
               const std::function<void()>& body) {
  if (blocks == 0) return;
  emulation::Launch({static_cast<unsigned>(blocks), static_cast<unsigned>(groups), 1}, threads,
                    static_cast<size_t>(shared_bytes), gbdt_order, body);
}

void RunRows(int64_t rows, const std::function<void()>& body) {
  RunBlocks((rows + kGbdtThreads - 1) / kGbdtThreads, 1, kGbdtThreads, 0, body);
}

}  // namespace

void LaunchGbdtSummary(const DeviceContext&, const GbdtRows& rows, BlockSummary* blocks) {
  RunBlocks((rows.rows + kSummaryRows - 1) / kSummaryRows, 1, kGbdtThreads, 0,
            [&] { GbdtSummaryKernel(rows, blocks); });
}
void LaunchGbdtQuantise(const DeviceContext&, const GbdtRows& rows, const Quantum& quantum,
                        uint32_t key) {
  RunRows(rows.rows, [&] { GbdtQuantiseKernel(rows, quantum, key); });
}
void LaunchGbdtOrder(const DeviceContext&, const GbdtRows& rows) {
  RunRows(rows.rows, [&] { GbdtOrderKernel(rows); });
}
void LaunchGbdtSum(const DeviceContext&, const GbdtRows& rows, int64_t count,
                   unsigned long long* sums) {
  RunBlocks(3, 1, kGbdtThreads, 0, [&] { GbdtSumKernel(rows, count, sums); });
}
void LaunchGbdtMargins(const DeviceContext&, const GbdtRows& rows, const MarginPart* parts,
                       int64_t count) {
  RunBlocks(count, 1, kGbdtThreads, 0, [&] { GbdtMarginKernel(rows, parts); });
}
void LaunchGbdtTrees(const DeviceContext&, const uint8_t* by_row, int64_t stride, int64_t rows,
                     const GbdtTrees& trees, float* margin) {
  RunRows(rows, [&] { GbdtTreesKernel(by_row, stride, rows, trees, margin); });
}
void LaunchGbdtPartition(const DeviceContext&, const GbdtRows& rows,
                         const PartitionProblem& problem) {
  RunBlocks(problem.part_count, 1, kGbdtThreads, 0, [&] { GbdtCountLeftsKernel(rows, problem); });
  RunBlocks(problem.move_count, 1, kGbdtThreads, 0, [&] { GbdtPlacePartsKernel(problem); });
  RunBlocks(problem.part_count, 1, kGbdtThreads, 0, [&] { GbdtMoveRowsKernel(rows, problem); });
  RunBlocks(problem.part_count, 1, kGbdtThreads, 0, [&] { GbdtPutBackKernel(rows, problem); });
}
void LaunchGbdtHistograms(const DeviceContext&, const GbdtRows& rows, int64_t columns,
                          const HistogramPart* parts, int64_t count) {
  RunBlocks(count, (columns + kGroupColumns - 1) / kGroupColumns, kGbdtThreads,
            kHistogramSharedBytes, [&] { GbdtHistogramKernel(rows, columns, parts); });
}
void LaunchGbdtSubtract(const DeviceContext&, const HistogramDifference* differences, int64_t count,
                        int64_t columns) {
  RunBlocks(count, columns, kGbdtThreads, 0, [&] { GbdtSubtractKernel(differences); });
}
void LaunchGbdtSearch(const DeviceContext&, const SearchProblem& problem) {
  RunBlocks(problem.job_count, problem.asked_count, kGbdtThreads, 0,
            [&] { GbdtSearchKernel(problem); });
  RunBlocks((problem.job_count + 31) / 32, 1, 32, 0, [&] { GbdtChooseKernel(problem); });
}

namespace {

// The whole CUDA solver of boosted trees, run by the emulator against the CPU twin.
class GbdtOnTheEmulator : public ::testing::Test {
 protected:
  void SetUp() override {
    emulation::device = {};
    gbdt_order = emulation::Order::kForward;
  }
  void TearDown() override { EXPECT_EQ(emulation::device.allocations, 0) << "memory leaked"; }

  static std::unique_ptr<Solver> Make(const GbdtConfig& config, TableProblem problem) {
    return MakeGbdtCuda(0, config, std::move(problem));
  }
};

class GbdtTwins : public GbdtOnTheEmulator, public ::testing::WithParamInterface<GbdtTwinCase> {};

TEST_P(GbdtTwins, GrowsTheTreesOfTheCpuToTheByte) {
  ExpectTheTreesOfTheCpu(Make, GetParam(), 500, 3);
}
INSTANTIATE_TEST_SUITE_P(Cases, GbdtTwins, ::testing::ValuesIn(kGbdtTwinCases));

TEST_F(GbdtOnTheEmulator, GrowsTheSameTreesInWhateverOrderThreadsRun) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 2;
  const FeatureTable table = MixedTable(2500, 9);
  const TreeEnsemble expected = TrainTrees(config, table).model;
  for (const emulation::Order order : {emulation::Order::kBackward, emulation::Order::kShuffled}) {
    gbdt_order = order;
    TableProblem problem;
    problem.train = table;
    const std::unique_ptr<Solver> solver = Make(config, std::move(problem));
    solver->RunEpoch(StopFlag());
    ExpectSameTrees(std::get<TreeEnsemble>(solver->Snapshot()), expected);
  }
}

TEST_F(GbdtOnTheEmulator, SeveralPartsOfRowsAndGroupsOfColumnsComeTogether) {
  GbdtConfig config;
  config.epochs = 1;
  config.max_depth = 2;
  const FeatureTable table = NumberTable(9000, 18, true);
  TableProblem problem;
  problem.train = table;
  const std::unique_ptr<Solver> solver = Make(config, std::move(problem));
  const double loss = solver->RunEpoch(StopFlag()).loss;
  const TrainedTrees expected = TrainTrees(config, table);
  ExpectSameTrees(std::get<TreeEnsemble>(solver->Snapshot()), expected.model);
  EXPECT_EQ(loss, expected.losses[0]);
}

TEST_F(GbdtOnTheEmulator, GoesOnFromAStateToTheSameTrees) { ExpectToGoOnAsTheCpu(Make, 300); }

TEST_F(GbdtOnTheEmulator, ATableThatDoesNotFitIsRefused) {
  emulation::device.free_bytes = 1 << 20;
  TableProblem problem;
  problem.train = NumberTable(100, 2, false);
  EXPECT_THROW(Make(GbdtConfig(), std::move(problem)), DeviceError);
}

}  // namespace
}  // namespace tidewright
