#include "host/model/hazard_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/core/errors.h"
#include "host/model/model_file.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

HazardModel LeafHazard() {
  HazardModel model;
  model.trees.features = 3;
  model.trees.tree_offsets = {0, 1};
  model.trees.feature = {-1};
  model.trees.threshold = {0};
  model.trees.left = {0};
  model.trees.missing_left = {0};
  model.trees.value = {0.5f};
  model.trees.gain = {0};
  model.trees.cover = {1};
  model.trees.category_offsets = {0, 0};
  model.periods = {7, 30};
  return model;
}

Model HazardWrittenAndRead(const HazardModel& model) {
  const TempDirectory directory;
  const std::string path = directory.File("model.safetensors");
  WriteSafetensors(path, ModelArrays(model, ""), {});
  return ReadModel(ModelKind(model), SafetensorsReader{InputFile(path)}, "");
}

TEST(HazardFile, ComesBackAsItWasOrIsRefused) {
  const auto again = std::get<HazardModel>(HazardWrittenAndRead(LeafHazard()));
  EXPECT_EQ(ArraysChecksum(ModelArrays(again, "")), ArraysChecksum(ModelArrays(LeafHazard(), "")));
  const auto refused = [](const std::vector<int64_t>& periods, int64_t features,
                          const std::string& message) {
    HazardModel model = LeafHazard();
    model.periods = periods;
    model.trees.features = features;
    try {
      HazardWrittenAndRead(model);
      FAIL() << message;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  };
  refused({7}, 3, "at least 2");
  refused({0, 7}, 3, "ends that rise from above 0");
  refused({7, 7}, 3, "ends that rise from above 0");
  refused({7, INT64_MAX}, 3, "ends that rise from above 0");
  refused({7, 30}, 1, "a customer's columns and the period");
}

}  // namespace
}  // namespace tidewright
