#include <gtest/gtest.h>

#include "host/ials/ials.h"

namespace tidewright {
namespace {

CostEstimate EstimateOf(const std::string& solver, int64_t factors, int64_t entries = 400'000) {
  IalsConfig config;
  config.solver = solver;
  config.factors = factors;
  config.cg_steps = 3;
  config.block_size = 32;
  return EstimateIalsCpu(config, 3000, 2000, entries);
}

double FlopsOf(const CostEstimate& estimate, const std::string& name) {
  for (const CostPhase& phase : estimate.phases) {
    if (phase.name == name) return phase.flops;
  }
  return -1;
}

TEST(IalsEstimate, PhasesSumToTheEpoch) {
  for (const char* solver : {"cholesky", "cg", "ialspp"}) {
    const CostEstimate estimate = EstimateOf(solver, 64);
    double flops = 0;
    double bytes = 0;
    for (const CostPhase& phase : estimate.phases) {
      flops += phase.flops;
      bytes += phase.bytes;
      EXPECT_EQ(phase.arithmetic, "fp32");
    }
    EXPECT_DOUBLE_EQ(estimate.flops_per_epoch, flops) << solver;
    EXPECT_DOUBLE_EQ(estimate.bytes_per_epoch, bytes) << solver;
    EXPECT_GT(estimate.host_bytes, 2 * 400'000 * 8 + 4 * 5000 * 64) << solver;
  }
}

// By hand, from the formulas of each solver's half: Z entries, R rows, f = 64.
TEST(IalsEstimate, FlopsAreThoseOfTheSolver) {
  constexpr double kEntries = 2 * 400'000;
  constexpr double kRows = 5000;
  EXPECT_DOUBLE_EQ(FlopsOf(EstimateOf("cholesky", 64), "gather"), kEntries * 64 * 65);
  EXPECT_DOUBLE_EQ(FlopsOf(EstimateOf("cholesky", 64), "solve"),
                   kRows * (64.0 * 64 * 64 / 3 + 2 * 64 * 64));
  EXPECT_DOUBLE_EQ(FlopsOf(EstimateOf("cg", 64), "gather"), 4 * 4 * kEntries * 64);
  EXPECT_DOUBLE_EQ(FlopsOf(EstimateOf("cg", 64), "product"), 4 * 2 * kRows * 64 * 64);
  EXPECT_DOUBLE_EQ(FlopsOf(EstimateOf("ialspp", 64), "gather"), kEntries * (64 * 32 + 5 * 64));
  EXPECT_DOUBLE_EQ(FlopsOf(EstimateOf("ialspp", 64), "solve"),
                   kRows * (64 * 32.0 * 32 / 3 + 2 * 64 * 32));
}

// 5 entries a user and 7.5 an item: systems of that size, of one row more to multiply. Every row of
// both sides is brought into the basis once as a fixed one, once as a solved one, and back.
TEST(IalsEstimate, ShortRowsOfASweepTakeSystemsOfTheirEntries) {
  const CostEstimate estimate = EstimateOf("ialspp", 64, 15'000);
  const auto solve = [](double n) { return 64 / 32 * (n * n * n / 3 + 2 * n * n); };
  EXPECT_DOUBLE_EQ(FlopsOf(estimate, "short rows"),
                   3000 * (6 * 7 * 64 + 4 * 5 * 64 + solve(5)) +
                       2000 * (8.5 * 9.5 * 64 + 4 * 7.5 * 64 + solve(7.5)));
  EXPECT_EQ(FlopsOf(estimate, "gather"), -1) << "no row is long";
  EXPECT_DOUBLE_EQ(FlopsOf(estimate, "rotate"), 2.0 * 3 * 5000 * 64 * 32);
  EXPECT_LT(estimate.flops_per_epoch, 0.6 * EstimateOf("ialspp", 64, 150'000).flops_per_epoch);
}

// With rows long enough that none is solved through the dual system.
TEST(IalsEstimate, CholeskyGrowsFastestWithTheDimension) {
  const auto growth = [](const std::string& solver) {
    return EstimateOf(solver, 1024, 8'000'000).flops_per_epoch /
           EstimateOf(solver, 256, 8'000'000).flops_per_epoch;
  };
  EXPECT_GT(growth("cholesky"), growth("ialspp"));
  EXPECT_GT(growth("cholesky"), growth("cg"));
}

}  // namespace
}  // namespace tidewright
