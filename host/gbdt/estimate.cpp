#include <algorithm>
#include <bit>
#include <cmath>

#include "host/core/parallel.h"
#include "host/gbdt/bins.h"
#include "host/gbdt/gbdt.h"

namespace tidewright {

CostEstimate EstimateGbdtCpu(const GbdtConfig& config, int64_t rows, int64_t columns) {
  CostEstimate estimate;
  const double n = static_cast<double>(rows) * config.row_sample;
  const double c = static_cast<double>(columns);
  const double leaves =
      config.max_leaves > 0
          ? static_cast<double>(config.max_leaves)
          : std::exp2(std::min<double>(static_cast<double>(config.max_depth), 20));
  const double levels = config.max_depth > 0 ? static_cast<double>(config.max_depth)
                                             : std::ceil(std::log2(std::max(leaves, 2.0)));
  const double bins = static_cast<double>(config.max_bins);
  // The root's rows, and the smaller child's at each further level: half of them at most.
  const double visits = n * (1 + 0.5 * (levels - 1));
  estimate.Add({"gradients", 40 * n, 16 * n});
  estimate.Add({"histograms", 2 * visits * c, visits * (c + 8)});
  estimate.Add({"splits", 2 * leaves * c * bins * 12, 2 * leaves * c * bins * 8});
  estimate.Add({"partition", 0, n * levels * 13});
  estimate.Add({"margins", n, 12 * n});

  // The table in memory before it is binned, or bins by row and by column: whichever is more; the
  // histograms of the leaves that may still be split.
  const int64_t table = rows * (4 * columns + 8);
  const int64_t binned = rows * (RowStride(columns) + columns);
  const double histograms = std::min(leaves * c * bins * 8, 256.0 * (1 << 20)) +
                            static_cast<double>(NumThreads()) * c * bins * 8;
  estimate.host_bytes = std::max(table, binned) + rows * 28 + static_cast<int64_t>(histograms);
  return estimate;
}

}  // namespace tidewright
