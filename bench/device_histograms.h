#ifndef TIDEWRIGHT_BENCH_DEVICE_HISTOGRAMS_H_
#define TIDEWRIGHT_BENCH_DEVICE_HISTOGRAMS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "host/gbdt/bins.h"

namespace tidewright {

// Rows whose gradients are to be added up by node, column and bin, as for a level of a tree.
struct HistogramWork {
  BinnedTable table;
  int64_t columns = 0;
  std::vector<uint32_t> pairs;   // a row's gradient and hessian, as QuantisedPair has them
  std::vector<uint32_t> order;   // the rows, node after node
  std::vector<int64_t> offsets;  // node n has the rows order[offsets[n] .. offsets[n + 1])

  int64_t nodes() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

// The program's histogram kernel on the first GPU, for histogram_bench alone. Linked from
// device_histograms.cpp, or from no_device_histograms.cpp where the build has no CUDA.
class DeviceHistograms {
 public:
  virtual ~DeviceHistograms() = default;
  virtual void Clear() = 0;
  virtual void Run() = 0;  // enqueues it; adds to what is there
  // By node, column and bin: 256 sums of gradients, then 256 of hessians.
  virtual std::vector<int64_t> Sums() const = 0;
};
std::unique_ptr<DeviceHistograms> MakeDeviceHistograms(const HistogramWork& work);

}  // namespace tidewright

#endif  // TIDEWRIGHT_BENCH_DEVICE_HISTOGRAMS_H_
