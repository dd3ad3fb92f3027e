#include "bench/device_histograms.h"

#include <algorithm>

#include "cuda/core/device_buffer.h"
#include "cuda/core/device_context.h"
#include "cuda/gbdt/gbdt_launch.h"

namespace tidewright {
namespace {

class OnDevice : public DeviceHistograms {
 public:
  explicit OnDevice(const HistogramWork& work)
      : context_(0),
        columns_(work.columns),
        by_row_(ToDevice(context_, work.table.by_row)),
        pairs_(ToDevice(context_, work.pairs)),
        order_(ToDevice(context_, work.order)),
        sums_(context_, work.nodes() * work.columns * kHistogramWords) {
    rows_.rows = work.table.rows;
    rows_.stride = work.table.stride;
    rows_.by_row = by_row_.data();
    rows_.pairs = pairs_.data();
    rows_.order = order_.data();
    const int64_t part_rows = HistogramPartRows(rows_.rows);
    std::vector<HistogramPart> parts;
    for (int64_t node = 0; node < work.nodes(); ++node) {
      const int64_t end = work.offsets[node + 1];
      for (int64_t begin = work.offsets[node]; begin < end; begin += part_rows) {
        parts.push_back({begin, std::min(part_rows, end - begin),
                         sums_.data() + node * columns_ * kHistogramWords});
      }
    }
    parts_ = ToDevice(context_, parts);
  }

  void Clear() override {
    context_.MakeCurrent();
    sums_.Clear();
    context_.Synchronize();
  }
  void Run() override {
    context_.MakeCurrent();
    LaunchGbdtHistograms(context_, rows_, columns_, parts_.data(), parts_.size());
  }
  std::vector<int64_t> Sums() const override {
    context_.MakeCurrent();
    std::vector<unsigned long long> sums(static_cast<size_t>(sums_.size()));
    sums_.Download(sums);
    return {sums.begin(), sums.end()};
  }

 private:
  DeviceContext context_;
  int64_t columns_;
  DeviceBuffer<uint8_t> by_row_;
  DeviceBuffer<uint32_t> pairs_;
  DeviceBuffer<uint32_t> order_;
  DeviceBuffer<unsigned long long> sums_;
  DeviceBuffer<HistogramPart> parts_;
  GbdtRows rows_;
};

}  // namespace

std::unique_ptr<DeviceHistograms> MakeDeviceHistograms(const HistogramWork& work) {
  return std::make_unique<OnDevice>(work);
}

}  // namespace tidewright
