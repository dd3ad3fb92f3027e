#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "host/ials/ials.h"

namespace tidewright {

int64_t IalsBlockSize(const IalsConfig& config) {
  const int64_t chosen = config.factors < 512 ? 64 : 128;
  const int64_t block = config.block_size > 0 ? config.block_size : chosen;
  return std::min(block, config.factors);
}

IalsSolverChoice ChooseIalsSolver(const IalsConfig& config, int64_t users, int64_t items,
                                  int64_t entries) {
  // Arithmetic of an epoch, times the epochs that it takes to the same loss and what the solver
  // leaves of the machine's speed.
  struct Candidate {
    const char* solver;
    double weight;
  };
  IalsSolverChoice choice;
  double least = std::numeric_limits<double>::infinity();
  std::string all;
  for (const Candidate& candidate :
       {Candidate{"cholesky", 1.0}, Candidate{"cg", 2.0}, Candidate{"ialspp", 2.0}}) {
    IalsConfig one = config;
    one.solver = candidate.solver;
    const double work =
        candidate.weight * EstimateIalsCpu(one, users, items, entries).flops_per_epoch;
    all += (all.empty() ? "" : ", ") + std::string(candidate.solver) + " " +
           std::to_string(std::llround(work / 1e9));
    if (work < least) {
      least = work;
      choice.solver = candidate.solver;
    }
  }
  choice.reason = "solver: " + choice.solver + " (auto: the least work to the same loss for " +
                  std::to_string(config.factors) +
                  " factors here; in GFLOP an epoch, weighted: " + all + ")";
  return choice;
}

std::string Settle(IalsConfig& config, int64_t users, int64_t items, int64_t entries) {
  if (config.solver != "auto") return "";
  IalsSolverChoice choice = ChooseIalsSolver(config, users, items, entries);
  config.solver = choice.solver;
  return choice.reason;
}

}  // namespace tidewright
