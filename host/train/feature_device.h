#ifndef TIDEWRIGHT_HOST_TRAIN_FEATURE_DEVICE_H_
#define TIDEWRIGHT_HOST_TRAIN_FEATURE_DEVICE_H_

#include <string>

#include "host/backend/backend.h"
#include "host/core/progress.h"
#include "host/features/build_features.h"

namespace tidewright {

// Features by `backend`. Where `device` left the choice to the program ("auto") and the device
// refuses, for want of memory, they are made on the CPU, and a note says so: the bytes are the
// same. A device that was asked for by name refuses as ever. Both references outlive it.
FeatureTwin FeaturesOn(const Backend& backend, const std::string& device, Progress& progress);

}  // namespace tidewright

#endif  // TIDEWRIGHT_HOST_TRAIN_FEATURE_DEVICE_H_
