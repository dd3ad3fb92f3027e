#ifndef TIDEWRIGHT_HOST_BENCH_BENCH_REPORT_H_
#define TIDEWRIGHT_HOST_BENCH_BENCH_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/backend/meter.h"
#include "host/bench/ials_verify.h"
#include "host/bench/quartiles.h"
#include "host/model/solver.h"

namespace tidewright {

// The fewest repeats that a figure is kept of; fewer are a quick look.
inline constexpr int64_t kEnoughRepeats = 20;

// One solver at one dimension.
struct BenchResult {
  int64_t factors = 0;
  std::string solver;                         // as asked for
  std::string solver_used;                    // what "auto" stood for
  std::map<std::string, std::string> config;  // every option of the algorithm, as text
  Quartiles seconds;                          // of an epoch
  CostEstimate cost;
  Ceilings ceilings;  // the mean of those before and after the timings
  IalsVerification verification;
  std::vector<KernelTime> kernels;  // of one more epoch; none on the CPU

  // The least that the phase can take by the ceilings: max(bytes / bandwidth, flops / peak).
  double FloorSeconds(const CostPhase& phase) const;
  double FloorSeconds(const KernelTime& kernel) const;  // the sum over its phases
  double FloorSeconds() const;                          // of the epoch: the sum over its phases
  double Share() const { return FloorSeconds() / seconds.median; }  // of the roofline
};

// What `tidewright bench` measured and on what.
struct BenchReport {
  std::string version;
  std::string commit;
  std::string device;       // "cpu", "cuda:0"
  std::string description;  // of the backend
  std::string target;       // "AVX3", "sm_90"
  DeviceFacts facts;
  int64_t threads = 0;
  std::string shape;  // as asked for
  int64_t users = 0;
  int64_t items = 0;
  int64_t entries = 0;
  int64_t repeats = 0;
  std::vector<BenchResult> results;
};

// A timing beside that of an earlier run.
struct BenchComparison {
  int64_t factors = 0;
  std::string solver;
  double old_seconds = 0;  // medians
  double new_seconds = 0;
  bool slower = false;  // by more than allowed

  double ratio() const { return new_seconds / old_seconds; }
};

// The results that a report has in common with an earlier one: the same shape (name and size),
// factors, solver and device model; on the CPU the same number of threads, too. Options that both
// know have the same values.
std::vector<BenchComparison> CompareReports(const BenchReport& old_report,
                                            const BenchReport& new_report, double max_regress);

// "5%" or "5" -> 0.05. Throws UsageError.
double ParseRegress(const std::string& text);

// The JSON documented in bench/README.md.
std::string ReportJson(const BenchReport& report, const std::vector<BenchComparison>& comparisons);

// What CompareReports needs of such a file. Throws DataError where it cannot be read or is none.
BenchReport ReadBaseline(const std::string& path);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BENCH_BENCH_REPORT_H_
