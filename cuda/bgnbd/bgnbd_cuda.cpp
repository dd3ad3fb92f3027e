#include "cuda/bgnbd/bgnbd_cuda.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "cuda/bgnbd/bgnbd_launch.h"
#include "cuda/core/device_buffer.h"
#include "cuda/core/device_context.h"
#include "cuda/core/trace.h"

namespace tidewright {
namespace {

// Enough to fill a large GPU several times over.
constexpr int64_t kMostBgnbdParts = 1024;
// The sums of the parts and what depends on the frequency alone.
constexpr int64_t kBgnbdWorkBytes = int64_t{1} << 20;

int64_t BgnbdPartsOf(int64_t cells) {
  return std::clamp<int64_t>((cells + kBgnbdThreads - 1) / kBgnbdThreads, 1, kMostBgnbdParts);
}

class CudaBgnbdSummer final : public BgnbdSummer {
 public:
  CudaBgnbdSummer(std::unique_ptr<const DeviceContext> context, const PurchaseCells& cells)
      : owned_context_(std::move(context)),
        context_(*owned_context_),
        place_(ToDevice(context_, cells.place)),
        recency_(ToDevice(context_, cells.recency)),
        age_(ToDevice(context_, cells.age)),
        customers_(ToDevice(context_, cells.customers)),
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
  const int64_t count = cells.size();
  context->RefuseWhatDoesNotFit(
      count * static_cast<int64_t>(sizeof(int32_t) + 3 * sizeof(double)) + kBgnbdWorkBytes,
      "BG/NBD on " + std::to_string(count) + " different histories",
      "use another device or --device cpu");
  return std::make_unique<CudaBgnbdSummer>(std::move(context), cells);
}

}  // namespace tidewright
