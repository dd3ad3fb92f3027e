#include "host/backend/backend.h"

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "cuda/bgnbd/bgnbd_cuda.h"
#include "cuda/core/cuda_meter.h"
#include "cuda/core/device_context.h"
#include "cuda/features/features_cuda.h"
#include "cuda/gbdt/gbdt_cuda.h"
#include "cuda/ials/ials_cuda.h"
#include "cuda/logistic/logistic_cuda.h"
#include "cuda/topk/top_k_cuda.h"

namespace tidewright {
namespace {

// A backend's functions do not take the device: each index has its own set of them.
constexpr int kMaxDevices = 16;

// The one context of a device that operations without a state share, one at a time.
struct SharedContext {
  std::mutex mutex;
  // Never destroyed: when statics are, the driver may be gone already.
  const DeviceContext* context = nullptr;
};

template <int kDevice>
SharedContext& SharedContextOf() {
  static SharedContext shared;
  return shared;
}

template <int kDevice, class Use>
auto WithSharedContext(const Use& use) {
  SharedContext& shared = SharedContextOf<kDevice>();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (shared.context == nullptr) shared.context = new DeviceContext(kDevice);
  return use(*shared.context);
}

template <int kDevice>
TopKResult TopKOn(const TopKRequest& request) {
  return WithSharedContext<kDevice>(
      [&](const DeviceContext& context) { return TopKCuda(context, request); });
}

template <int kDevice>
FeatureValues BuildFeaturesOn(const FeatureRequest& request) {
  return WithSharedContext<kDevice>(
      [&](const DeviceContext& context) { return BuildFeaturesCuda(context, request); });
}

template <int kDevice>
std::unique_ptr<Solver> MakeIalsOn(const IalsConfig& config, const Interactions& data) {
  return MakeIalsCuda(kDevice, TopKOn<kDevice>, config, data);
}

template <int kDevice>
CostEstimate EstimateIalsOn(const IalsConfig& config, int64_t users, int64_t items,
                            int64_t entries) {
  return EstimateIalsCuda(config, users, items, entries, FreeDeviceBytes(kDevice));
}

template <int kDevice>
std::unique_ptr<Solver> MakeGbdtOn(const GbdtConfig& config, TableProblem problem) {
  return MakeGbdtCuda(kDevice, config, std::move(problem));
}

template <int kDevice>
std::unique_ptr<Solver> MakeLogisticOn(const LogisticConfig& config, TableProblem problem) {
  return MakeLogisticCuda(kDevice, config, std::move(problem));
}

template <int kDevice>
std::unique_ptr<BgnbdSummer> MakeBgnbdOn(const PurchaseCells& cells) {
  return MakeBgnbdCuda(kDevice, cells);
}

template <int kDevice>
std::unique_ptr<Meter> MakeMeterOn() {
  return MakeCudaMeter(kDevice);
}

template <int kDevice>
Backend MakeBackend() {
  Backend backend;
  backend.name = "cuda:" + std::to_string(kDevice);
  backend.unavailable = DeviceUnavailable(kDevice);
  if (!backend.unavailable.empty()) return backend;
  backend.description = DescribeDevice(kDevice);
  backend.target = DeviceTarget(kDevice);
  backend.make_ials = MakeIalsOn<kDevice>;
  backend.estimate_ials = EstimateIalsOn<kDevice>;
  backend.make_gbdt = MakeGbdtOn<kDevice>;
  backend.estimate_gbdt = EstimateGbdtCuda;
  backend.make_logistic = MakeLogisticOn<kDevice>;
  backend.estimate_logistic = EstimateLogisticCuda;
  backend.make_bgnbd = MakeBgnbdOn<kDevice>;
  backend.top_k = TopKOn<kDevice>;
  backend.build_features = BuildFeaturesOn<kDevice>;
  backend.make_meter = MakeMeterOn<kDevice>;
  return backend;
}

template <int kDevice>
const Backend& BackendOf() {
  static const Backend backend = MakeBackend<kDevice>();
  return backend;
}

template <int... kDevices>
constexpr auto BackendTable(std::integer_sequence<int, kDevices...>) {
  return std::array<const Backend& (*)(), sizeof...(kDevices)>{BackendOf<kDevices>...};
}

}  // namespace

const Backend& CudaBackend(int device) {
  static constexpr auto table = BackendTable(std::make_integer_sequence<int, kMaxDevices>());
  if (device >= 0 && device < kMaxDevices) return table[static_cast<size_t>(device)]();
  static const Backend beyond = [] {
    Backend backend;
    backend.name = "cuda";
    backend.unavailable = "devices are counted from 0 to " + std::to_string(kMaxDevices - 1) +
                          "; name one of them or use --device cpu";
    return backend;
  }();
  return beyond;
}

}  // namespace tidewright
