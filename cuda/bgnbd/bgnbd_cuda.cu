#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "cuda/bgnbd/bgnbd_cuda.h"
#include "cuda/bgnbd/bgnbd_launch.h"
#include "cuda/core/device_buffer.h"
#include "cuda/core/device_context.h"
#include "cuda/core/trace.h"
#include "host/core/errors.h"

namespace tidewright {
namespace {

// Enough to fill a large GPU several times over.
constexpr int64_t kMostBgnbdParts = 1024;

int64_t BgnbdPartsOf(int64_t cells) {
  return std::clamp<int64_t>((cells + kBgnbdThreads - 1) / kBgnbdThreads, 1, kMostBgnbdParts);
}

void RefuseCellsThatDoNotFit(const DeviceContext& context, int64_t cells) {
  const int64_t bytes =
      cells * static_cast<int64_t>(sizeof(int32_t) + 3 * sizeof(double)) + (int64_t{1} << 20);
  const int64_t free = context.FreeBytes();
  if (bytes <= free) return;
  throw DeviceError("BG/NBD on " + std::to_string(cells) + " different histories takes " +
                    std::to_string(bytes >> 20) +
                    " MiB of cuda:" + std::to_string(context.device()) + " (" +
                    context.properties().name + "), of which " + std::to_string(free >> 20) +
                    " MiB are free; use another device or --device cpu");
}

template <class T>
DeviceBuffer<T> CellsToDevice(const DeviceContext& context, const std::vector<T>& source) {
  return DeviceBuffer<T>(context, std::span<const T>(source.data(), source.size()));
}

class CudaBgnbdSummer final : public BgnbdSummer {
 public:
  CudaBgnbdSummer(std::unique_ptr<const DeviceContext> context, const PurchaseCells& cells)
      : owned_context_(std::move(context)),
        context_(*owned_context_),
        place_(CellsToDevice(context_, cells.place)),
        recency_(CellsToDevice(context_, cells.recency)),
        age_(CellsToDevice(context_, cells.age)),
        customers_(CellsToDevice(context_, cells.customers)),
        terms_(context_, static_cast<int64_t>(cells.frequencies.size())),
        part_sums_(context_, BgnbdPartsOf(cells.size())),
        sums_(context_, 1) {
    problem_.cells = cells.size();
    problem_.parts = part_sums_.size();
    problem_.terms = terms_.data();
    problem_.place = place_.data();
    problem_.recency = recency_.data();
    problem_.age = age_.data();
    problem_.customers = customers_.data();
    problem_.part_sums = part_sums_.data();
    problem_.sums = sums_.data();
  }

  BgnbdSums Sum(const BgnbdParameters& parameters,
                const std::vector<BgnbdFrequencyTerms>& terms) override {
    context_.MakeCurrent();
    const TraceRange range("bgnbd");
    terms_.Upload(terms);
    problem_.parameters = parameters;
    problem_.log_alpha = std::log(parameters.alpha);
    LaunchBgnbdSums(context_, problem_);
    BgnbdSums sums;
    sums_.Download({&sums, 1});
    return sums;
  }

 private:
  std::unique_ptr<const DeviceContext> owned_context_;
  const DeviceContext& context_;
  DeviceBuffer<int32_t> place_;
  DeviceBuffer<double> recency_;
  DeviceBuffer<double> age_;
  DeviceBuffer<double> customers_;
  DeviceBuffer<BgnbdFrequencyTerms> terms_;
  DeviceBuffer<BgnbdSums> part_sums_;
  DeviceBuffer<BgnbdSums> sums_;
  BgnbdProblem problem_;
};

}  // namespace

std::unique_ptr<BgnbdSummer> MakeBgnbdCuda(int device, const PurchaseCells& cells) {
  auto context = std::make_unique<const DeviceContext>(device);
  RefuseCellsThatDoNotFit(*context, cells.size());
  return std::make_unique<CudaBgnbdSummer>(std::move(context), cells);
}

}  // namespace tidewright
