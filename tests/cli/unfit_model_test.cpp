// Artifacts whose checksums hold and whose models do not fit the columns of their manifest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/model/artifact.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

FeatureSpec FitColumns() {
  FeatureDescription plan{"plan", FeatureKind::kCategory, {}};
  for (int code = 0; code < 40; ++code) plan.categories.push_back("p" + std::to_string(code));
  return {{{"months", FeatureKind::kNumber, {}}, {"senior", FeatureKind::kBoolean, {}}, plan},
          "left=yes"};
}

// One tree: months, then plan and senior.
TreeEnsemble FitTrees() {
  TreeEnsemble model;
  model.features = 3;
  model.tree_offsets = {0, 7};
  model.feature = {0, 2, 1, -1, -1, -1, -1};
  model.threshold = {12, 0, 0.5f, 0, 0, 0, 0};
  model.left = {1, 3, 5, 0, 0, 0, 0};
  model.missing_left = {0, 1, 0, 0, 0, 0, 0};
  model.value = {0, 0, 0, 1, -1, 0.5f, 0.25f};
  model.gain = {3, 2, 1, 0, 0, 0, 0};
  model.cover = {10, 6, 4, 3, 3, 2, 2};
  model.category_offsets = {0, 0, 2, 2, 2, 2, 2, 2};
  model.category_words = {7, 1};
  return model;
}

LinearModel FitLinear() {
  LinearModel model;
  model.features = 3;
  model.feature = {0, 0, 1, 2, 2};
  model.category = {kTermNumber, kTermMissing, kTermNumber, 39, kTermMissing};
  model.center = {3, 0.1, 0.5, 0.2, 0.1};
  model.scale = {0.5, 3, 2, 1, 1};
  model.coefficient = {1, 0.5, -2, 3, 1};
  return model;
}

// The period stands behind the customer's columns.
HazardModel FitHazard() {
  HazardModel model;
  model.trees = FitTrees();
  model.trees.features = 4;
  model.trees.feature[2] = 3;
  model.periods = {7, 30};
  return model;
}

class UnfitModel : public ::testing::Test {
 protected:
  CliResult Inspect(Model model, const FeatureSpec& columns = FitColumns()) {
    Artifact artifact = TreeArtifact(TreeEnsemble(), columns);
    artifact.model = std::move(model);
    std::filesystem::remove_all(path_);
    std::filesystem::create_directory(path_);
    WriteArtifactFiles(path_, artifact, {});
    return RunCli({"inspect", path_});
  }
  void ExpectUnfit(Model model, const std::string& message) {
    const CliResult result = Inspect(std::move(model));
    EXPECT_EQ(result.exit_code, 3) << message;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr(path_ + "/model.safetensors: " + message));
  }

  const TempDirectory directory_;
  const std::string path_ = directory_.File("model");
};

TEST_F(UnfitModel, WhatFitsIsRead) {
  for (const Model& model : {Model(FitTrees()), Model(FitLinear()), Model(FitHazard())}) {
    const CliResult result = Inspect(model);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
}

TEST_F(UnfitModel, TreesThatAskAColumnForWhatItIsNotAreRefused) {
  const auto damaged = [](const std::function<void(TreeEnsemble&)>& damage) {
    TreeEnsemble model = FitTrees();
    damage(model);
    return model;
  };
  ExpectUnfit(damaged([](TreeEnsemble& m) { m.feature[1] = 0; }),
              "category_offsets row 1: the node has a set of categories for column 'months', a "
              "number; expected none");
  ExpectUnfit(damaged([](TreeEnsemble& m) { m.feature[1] = 1; }),
              "category_offsets row 1: the node has a set of categories for column 'senior', a "
              "boolean; expected none");
  ExpectUnfit(damaged([](TreeEnsemble& m) { m.feature[2] = 2; }),
              "category_offsets row 2: the node has no set of categories for column 'plan', a "
              "category of 40; expected one");
  ExpectUnfit(damaged([](TreeEnsemble& m) {
                m.category_offsets = {0, 0, 3, 3, 3, 3, 3, 3};
                m.category_words = {7, 1, 1};
              }),
              "category_offsets row 1: the node has 3 words for column 'plan', a category of 40; "
              "expected at most 2 of 32 categories");
}

TEST_F(UnfitModel, TermsThatReadAColumnForWhatItIsNotAreRefused) {
  const auto damaged = [](size_t term, int32_t category) {
    LinearModel model = FitLinear();
    model.category[term] = category;
    return model;
  };
  ExpectUnfit(damaged(0, 3),
              "category row 0: it is 3 for column 'months', a number; expected -2 (a missing "
              "value) or -1 (the value itself)");
  ExpectUnfit(damaged(2, 0), "category row 2: it is 0 for column 'senior', a boolean;");
  ExpectUnfit(damaged(3, kTermNumber),
              "category row 3: it is -1 for column 'plan', a category of 40; expected -2 (a "
              "missing value) or a category's code");
  ExpectUnfit(damaged(3, 40), "category row 3: it is 40 for column 'plan', a category of 40;");
  ExpectUnfit(damaged(3, INT32_MAX), "category row 3: it is 2147483647 for column 'plan'");
}

TEST_F(UnfitModel, TreesOfAHazardModelAreCheckedWithItsPeriod) {
  HazardModel model = FitHazard();
  model.trees.feature[1] = 3;
  ExpectUnfit(model,
              "category_offsets row 1: the node has a set of categories for column 'the period', "
              "a number; expected none");
  model = FitHazard();
  model.trees.feature[0] = 2;
  ExpectUnfit(model, "category_offsets row 0: the node has no set of categories for column 'plan'");
}

// Every command reads a model in the same way.
TEST_F(UnfitModel, IsRefusedByScoreAndExport) {
  LinearModel model = FitLinear();
  model.category[3] = INT32_MAX;
  ExpectUnfit(model, "category row 3");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"score", path_, TelcoTable()},
        std::vector<std::string>{"export", path_, "--format", "onnx", "-o",
                                 directory_.File("out")}}) {
    const CliResult result = RunCli(command);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr("model.safetensors: category row 3"));
  }
}

}  // namespace
}  // namespace tidewright
