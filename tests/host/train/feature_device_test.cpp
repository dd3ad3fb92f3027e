#include "host/train/feature_device.h"

#include <gtest/gtest.h>

#include <string>

#include "host/core/errors.h"
#include "tests/support/feature_twins.h"

namespace tidewright {
namespace {

struct Notes : Progress {
  void Note(const std::string& message) override { said += message + "\n"; }
  std::string said;
};

TEST(FeaturesOn, GoesOnOnTheCpuOnlyWhereTheDeviceWasLeftToTheProgram) {
  Backend full;
  full.build_features = [](const FeatureRequest&) -> FeatureValues {
    throw DeviceError("no room");
  };
  const FeatureCase made = MadeUpFeatureCase(30, 300);
  Notes notes;
  const FeatureValues found = FeaturesOf(made, FeaturesOn(full, "auto", notes));
  EXPECT_EQ(notes.said, "features on the CPU: no room\n");
  EXPECT_EQ(found.users, FeaturesOf(made, BuildFeaturesCpu).users);
  EXPECT_THROW(FeaturesOf(made, FeaturesOn(full, "cuda", notes)), DeviceError);
}

}  // namespace
}  // namespace tidewright
