#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>

#include "host/ials/ials.h"

namespace tidewright {

int64_t IalsBlockSize(const IalsConfig& config) {
  const int64_t chosen = config.factors < 512 ? 64 : 128;
  const int64_t block = config.block_size > 0 ? config.block_size : chosen;
  return std::min(block, config.factors);
}

namespace {

// An epoch in flops of a matrix product, which all else is slower than: what rows gather moves,
// what is done row by row has short loops, and the shortest have systems of their entries. With
// these weights the least work is the fastest epoch that was measured on the CPU, from 64 to 1024
// factors on Gowalla, ML-20M's shape and Online Retail (bench/RESULTS.md); the solvers come to the
// same loss in nearly as many epochs.
double WorkOf(const CostEstimate& estimate) {
  constexpr double kByte = 10;
  constexpr double kRowByRow = 1.5;
  constexpr double kShortRows = 4;
  double work = kByte * estimate.bytes_per_epoch;
  for (const CostPhase& phase : estimate.phases) {
    const bool by_row = phase.name == "gather" || phase.name == "solve";
    work += phase.flops * (phase.name == "short rows" ? kShortRows : by_row ? kRowByRow : 1.0);
  }
  return work;
}

}  // namespace

IalsSolverChoice ChooseIalsSolver(const IalsConfig& config, int64_t users, int64_t items,
                                  int64_t entries) {
  IalsSolverChoice choice;
  double least = std::numeric_limits<double>::infinity();
  std::string all;
  for (const std::string solver : {"cholesky", "cg", "ialspp"}) {
    IalsConfig one = config;
    one.solver = solver;
    const double work = WorkOf(EstimateIalsCpu(one, users, items, entries));
    char text[64];
    std::snprintf(text, sizeof(text), "%s %.3g", solver.c_str(), work / 1e9);
    all += (all.empty() ? "" : ", ") + std::string(text);
    if (work < least) {
      least = work;
      choice.solver = solver;
    }
  }
  choice.reason = "solver: " + choice.solver + " (auto: the least work for " +
                  std::to_string(config.factors) +
                  " factors here; an epoch in GFLOP of matrix products: " + all + ")";
  return choice;
}

std::string Settle(IalsConfig& config, int64_t users, int64_t items, int64_t entries) {
  if (config.solver != "auto") return "";
  IalsSolverChoice choice = ChooseIalsSolver(config, users, items, entries);
  config.solver = choice.solver;
  return choice.reason;
}

}  // namespace tidewright
