#ifndef TIDEWRIGHT_HOST_BENCH_IALS_BENCH_JOB_H_
#define TIDEWRIGHT_HOST_BENCH_IALS_BENCH_JOB_H_

#include <cstdint>
#include <string>

#include "host/bench/bench_report.h"
#include "host/core/config.h"
#include "host/core/progress.h"
#include "host/ials/ials.h"

namespace tidewright {

// Which epochs of iALS to time: every solver of `solver` at every dimension of `factors`, both
// lists with commas.
struct IalsBenchRequest {
  std::string shape = "gowalla";
  std::string factors = "64,128,256";
  std::string solver = IalsConfig().solver;
  std::string device = "auto";
  int64_t repeats = kEnoughRepeats;
  IalsConfig config;  // what they have in common
};
ConfigFields FieldsOf(IalsBenchRequest& request);
// The options of `config` that are the same for all timings.
ConfigFields CommonFieldsOf(IalsBenchRequest& request);

// Shapes: "gowalla" and "ml20m" are made in memory (host/data/synthetic.h; gowalla with the 810,128
// entries of the LightGCN training part), the same on every machine; else an HDF5 file, of which
// everything but a test part of its own is trained on.
//
// Verifies each solver at each dimension (ials_verify.h) on its first epoch, then times the next
// ones whole, with the caches flushed in between where the device can. Throws UsageError before
// anything is read where a name or number is not accepted.
BenchReport RunIalsBench(const IalsBenchRequest& request, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BENCH_IALS_BENCH_JOB_H_
