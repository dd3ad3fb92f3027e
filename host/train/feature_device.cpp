#include "host/train/feature_device.h"

#include "host/core/errors.h"

namespace tidewright {

FeatureTwin FeaturesOn(const Backend& backend, const std::string& device, Progress& progress) {
  if (device != "auto") return backend.build_features;
  return [&backend, &progress](const FeatureRequest& request) {
    try {
      return backend.build_features(request);
    } catch (const DeviceError& error) {
      progress.Note(std::string("features on the CPU: ") + error.what());
      return BuildFeaturesCpu(request);
    }
  };
}

}  // namespace tidewright
