#include "host/bench/bench_report.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/core/errors.h"

namespace tidewright {
namespace {

bool SameOptions(const BenchResult& a, const BenchResult& b) {
  return std::all_of(a.config.begin(), a.config.end(), [&b](const auto& option) {
    const auto other = b.config.find(option.first);
    return other == b.config.end() || other->second == option.second;
  });
}

bool SameGround(const BenchReport& a, const BenchReport& b) {
  const bool cpu = a.device == "cpu";
  return a.shape == b.shape && a.users == b.users && a.items == b.items && a.entries == b.entries &&
         a.facts.model == b.facts.model && cpu == (b.device == "cpu") &&
         (!cpu || a.threads == b.threads);
}

}  // namespace

double BenchResult::FloorSeconds(const CostPhase& phase) const {
  return std::max(phase.bytes / ceilings.bandwidth,
                  phase.flops / ceilings.flops.at(phase.arithmetic));
}

double BenchResult::FloorSeconds(const KernelTime& kernel) const {
  double sum = 0;
  for (const CostPhase& phase : kernel.costs) sum += FloorSeconds(phase);
  return sum;
}

double BenchResult::FloorSeconds() const {
  double sum = 0;
  for (const CostPhase& phase : cost.phases) sum += FloorSeconds(phase);
  return sum;
}

std::vector<BenchComparison> CompareReports(const BenchReport& old_report,
                                            const BenchReport& new_report, double max_regress) {
  std::vector<BenchComparison> comparisons;
  if (!SameGround(old_report, new_report)) return comparisons;
  for (const BenchResult& result : new_report.results) {
    const auto old = std::find_if(
        old_report.results.begin(), old_report.results.end(), [&](const BenchResult& other) {
          return other.factors == result.factors && other.solver == result.solver &&
                 SameOptions(other, result);
        });
    if (old == old_report.results.end()) continue;
    comparisons.push_back({result.factors, result.solver, old->seconds.median,
                           result.seconds.median,
                           result.seconds.median > old->seconds.median * (1 + max_regress)});
  }
  return comparisons;
}

double ParseRegress(const std::string& text) {
  const size_t length = !text.empty() && text.back() == '%' ? text.size() - 1 : text.size();
  double percent = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + length, percent);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + length || !(percent >= 0) ||
      !std::isfinite(percent)) {
    throw UsageError("--max-regress is '" + text + "'; expected a percentage, as in 5%");
  }
  return percent / 100;
}

}  // namespace tidewright
