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

void RunBlocks(int64_t x, int64_t y, int threads, int64_t shared_bytes,
               const std::function<void()>& body) {
  if (x == 0 || y == 0) return;
  emulation::Launch({static_cast<unsigned>(x), static_cast<unsigned>(y), 1}, threads,
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
void LaunchGbdtTree(const DeviceContext&, const uint8_t* by_row, int64_t stride, int64_t rows,
                    const BinnedNode* tree, float* margin) {
  RunRows(rows, [&] { GbdtTreeKernel(by_row, stride, rows, tree, margin); });
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
  RunBlocks((columns + kGroupColumns - 1) / kGroupColumns, count, kGbdtThreads,
            kHistogramSharedBytes, [&] { GbdtHistogramKernel(rows, columns, parts); });
}
void LaunchGbdtSubtract(const DeviceContext&, const HistogramDifference* differences, int64_t count,
                        int64_t columns) {
  RunBlocks(columns, count, kGbdtThreads, 0, [&] { GbdtSubtractKernel(differences); });
}
void LaunchGbdtSearch(const DeviceContext&, const SearchProblem& problem) {
  RunBlocks(problem.asked_count, problem.job_count, kGbdtThreads, 0,
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

TEST_F(GbdtOnTheEmulator, AWatchedRunStaysWithinTheEstimate) {
  const FeatureTable table = NumberTable(200, 33, true);
  const FeatureTable watched = NumberTable(100, 33, true, 8);
  ValidationSet validation;
  validation.metric = "log_loss";
  validation.table = &watched;
  GbdtConfig level_by_level;
  level_by_level.max_depth = 3;
  GbdtConfig best_leaf_first;
  best_leaf_first.growth = "leafwise";
  best_leaf_first.max_depth = 0;
  best_leaf_first.max_leaves = 4;
  for (GbdtConfig config : {level_by_level, best_leaf_first}) {
    config.min_child_weight = 0;
    // Rows that are watched are among those that the estimate is made for.
    const int64_t estimate = EstimateGbdtCuda(config, table.rows + watched.rows, 33).device_bytes;
    emulation::device.most_pool_bytes = 0;
    TableProblem problem;
    problem.train = table;
    const std::unique_ptr<Solver> solver = Make(config, std::move(problem));
    solver->AttachValidation(validation);
    solver->RunEpoch(StopFlag());
    const auto taken = static_cast<int64_t>(emulation::device.most_pool_bytes);
    EXPECT_LE(taken, estimate - kContextBytes) << config.growth;
    EXPECT_GT(8 * taken, estimate - kContextBytes) << config.growth;
    emulation::device.free_bytes = emulation::device.pool_bytes - 1000;
    EXPECT_THROW(solver->AttachValidation(validation), DeviceError);
    emulation::device.free_bytes = size_t{1} << 33;
  }
}

TEST_F(GbdtOnTheEmulator, ReadsSumsCountsAndSplitsAloneAndWhatIsWatched) {
  const FeatureTable watched = NumberTable(200, 3, true, 8);
  ValidationSet validation;
  validation.metric = "auc";
  validation.table = &watched;
  GbdtConfig config;
  config.max_depth = 4;
  TableProblem problem;
  problem.train = NumberTable(5000, 3, true);
  const std::unique_ptr<Solver> solver = Make(config, std::move(problem));
  solver->AttachValidation(validation);
  emulation::device.downloaded = 0;
  solver->RunEpoch(StopFlag());
  const auto model = std::get<TreeEnsemble>(solver->Snapshot());
  const int64_t splits = (model.nodes() - 1) / 2;
  ASSERT_GT(splits, 7);
  // As host/gbdt/README.md has it; nodes at the last depth are not searched.
  const int64_t most = 16 + 8 * splits + 72 * (1 + 2 * splits) + 24 * 2 + 4 * watched.rows;
  EXPECT_LE(static_cast<int64_t>(emulation::device.downloaded), most);
  EXPECT_GT(static_cast<int64_t>(emulation::device.downloaded), 4 * watched.rows);
}

TEST(GbdtEstimate, HoldsTheStrideOfRowsAndALevelsHistogramsBesideTheStore) {
  const auto bytes = [](int64_t depth, int64_t rows, int64_t columns) {
    GbdtConfig config;
    config.max_depth = depth;
    return EstimateGbdtCuda(config, rows, columns).device_bytes;
  };
  EXPECT_GE(bytes(1, 1'000'000, 33) - bytes(1, 0, 33), 1'000'000 * (64 + 33 + 24));
  const int64_t histogram = 1000 * kHistogramWords * 8;
  EXPECT_GE(bytes(11, 1'000'000, 1000) - bytes(1, 1'000'000, 1000),
            kHistogramStoreBytes + 1022 * histogram);
  EXPECT_LE(bytes(60, 1'000'000, 28), int64_t{3} << 30);
}

TEST_F(GbdtOnTheEmulator, ATableThatDoesNotFitIsRefused) {
  emulation::device.free_bytes = 1 << 20;
  TableProblem problem;
  problem.train = NumberTable(100, 2, false);
  EXPECT_THROW(Make(GbdtConfig(), std::move(problem)), DeviceError);
}

}  // namespace
}  // namespace tidewright
