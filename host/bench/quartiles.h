#ifndef TIDEWRIGHT_HOST_BENCH_QUARTILES_H_
#define TIDEWRIGHT_HOST_BENCH_QUARTILES_H_

#include <vector>

namespace tidewright {

// How repeated timings lie: half of them between `low` and `high`.
struct Quartiles {
  double min = 0;
  double low = 0;
  double median = 0;
  double high = 0;
  double max = 0;
};

// Linear between neighbours, as numpy.percentile. At least one value.
Quartiles QuartilesOf(std::vector<double> values);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_BENCH_QUARTILES_H_
