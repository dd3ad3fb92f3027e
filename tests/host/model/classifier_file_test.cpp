#include "host/model/classifier_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "host/core/errors.h"
#include "host/model/model_file.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

// Two trees: one asks a number, then a category; the other is a leaf.
TreeEnsemble SmallTrees() {
  TreeEnsemble model;
  model.features = 2;
  model.base_margin = -0.5f;
  model.tree_offsets = {0, 5, 6};
  model.feature = {0, -1, 1, -1, -1, -1};
  model.threshold = {3.5f, 0, 0, 0, 0, 0};
  model.left = {1, 0, 3, 0, 0, 0};
  model.missing_left = {1, 0, 0, 0, 0, 0};
  model.value = {0, 0.25f, 0, -0.5f, 1, 0.125f};
  model.gain = {2, 0, 1, 0, 0, 0};
  model.cover = {9, 4, 5, 2, 3, 9};
  model.category_offsets = {0, 0, 0, 1, 1, 1, 1};
  model.category_words = {5};
  return model;
}

LinearModel SmallLinear() {
  LinearModel model;
  model.features = 2;
  model.intercept = 0.5;
  model.feature = {0, 0, 1};
  model.category = {kTermNumber, kTermMissing, 1};
  model.center = {3, 0.1, 0.5};
  model.scale = {0.5, 3, 2};
  model.coefficient = {1, 0, -2};
  return model;
}

template <class M>
Model WrittenAndRead(const M& model) {
  const TempDirectory directory;
  const std::string path = directory.File("model.safetensors");
  WriteSafetensors(path, ModelArrays(model, ""), {});
  return ReadModel(ModelKind(model), SafetensorsReader{InputFile(path)}, "");
}

template <class M>
std::string Refusal(const M& model) {
  try {
    WrittenAndRead(model);
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ClassifierFile, TreesAndCoefficientsComeBackAsTheyWere) {
  const auto trees = std::get<TreeEnsemble>(WrittenAndRead(SmallTrees()));
  EXPECT_EQ(ArraysChecksum(ModelArrays(trees, "")), ArraysChecksum(ModelArrays(SmallTrees(), "")));
  const auto linear = std::get<LinearModel>(WrittenAndRead(SmallLinear()));
  EXPECT_EQ(ArraysChecksum(ModelArrays(linear, "")),
            ArraysChecksum(ModelArrays(SmallLinear(), "")));
}

TEST(ClassifierFile, ALeafIsFoundByNumberCategoryAndWhatIsMissing) {
  const TreeEnsemble model = SmallTrees();
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const auto leaf = [&](float number, float category) {
    const float x[] = {number, category};
    return model.value[FindLeaf(model, 0, x)];
  };
  EXPECT_EQ(leaf(3.4f, 0), 0.25f);
  EXPECT_EQ(leaf(missing, 0), 0.25f);
  EXPECT_EQ(leaf(3.5f, 0), -0.5f);
  EXPECT_EQ(leaf(4, 1), 1);
  EXPECT_EQ(leaf(4, 2), -0.5f);
  EXPECT_EQ(leaf(4, missing), 1);
  EXPECT_EQ(leaf(4, 32), 1) << "a category that the set has no word for";
}

struct BadTrees {
  std::function<void(TreeEnsemble&)> damage;
  std::string array;
};

TEST(ClassifierFile, TreesThatCannotBeWalkedAreRefusedByArrayAndRow) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<BadTrees> bad = {
      {[](TreeEnsemble& m) { m.feature[0] = 2; }, "feature row 0"},
      {[](TreeEnsemble& m) { m.feature[2] = -2; }, "feature row 2"},
      {[](TreeEnsemble& m) { m.left[2] = 4; }, "left row 2"},
      {[](TreeEnsemble& m) { m.left[2] = 2; }, "left row 2"},
      {[](TreeEnsemble& m) { m.left[0] = 0; }, "left row 0"},
      {[](TreeEnsemble& m) { m.left[0] = -1; }, "left row 0"},
      {[](TreeEnsemble& m) { m.left[0] = 3; }, "two parents"},
      {[](TreeEnsemble& m) { m.left[1] = 1; }, "left row 1"},
      {[](TreeEnsemble& m) {
         m.feature[2] = -1;
         m.left[2] = 0;
         m.category_offsets = {0, 1, 1, 1, 1, 1, 1};
       },
       "no node leads here"},
      {[](TreeEnsemble& m) { m.missing_left[0] = 2; }, "missing_left row 0"},
      {[nan](TreeEnsemble& m) { m.threshold[0] = nan; }, "threshold row 0"},
      {[](TreeEnsemble& m) { m.value[4] = INFINITY; }, "value row 4"},
      {[nan](TreeEnsemble& m) { m.cover[1] = nan; }, "cover row 1"},
      {[nan](TreeEnsemble& m) { m.gain[2] = nan; }, "gain row 2"},
      {[nan](TreeEnsemble& m) { m.base_margin = nan; }, "base_margin"},
      {[](TreeEnsemble& m) { m.features = 0; }, "features"},
      {[](TreeEnsemble& m) {
         m.tree_offsets = {0, 5, 7};
       },
       "tree_offsets"},
      {[](TreeEnsemble& m) {
         m.tree_offsets = {0, 5, 5, 6};
       },
       "tree_offsets row 2"},
      {[](TreeEnsemble& m) {
         m.tree_offsets = {1, 6};
       },
       "tree_offsets row 0"},
      {[](TreeEnsemble& m) { m.category_offsets[3] = 2; }, "category_offsets"},
      {[](TreeEnsemble& m) { m.category_offsets = {0, 0, 1, 1, 1, 1, 1}; },
       "a leaf has categories"},
      {[](TreeEnsemble& m) { m.threshold.pop_back(); }, "threshold"},
      {[](TreeEnsemble& m) { m.category_words.clear(); }, "category_offsets"},
  };
  for (size_t i = 0; i < bad.size(); ++i) {
    TreeEnsemble model = SmallTrees();
    bad[i].damage(model);
    EXPECT_THAT(Refusal(model), HasSubstr(bad[i].array)) << i;
  }
}

TEST(ClassifierFile, CoefficientsOfNoColumnAreRefused) {
  const std::vector<std::pair<std::function<void(LinearModel&)>, std::string>> bad = {
      {[](LinearModel& m) { m.feature[2] = 2; }, "feature row 2"},
      {[](LinearModel& m) { m.category[1] = -3; }, "category row 1"},
      {[](LinearModel& m) { m.scale[0] = INFINITY; }, "scale row 0"},
      {[](LinearModel& m) { m.coefficient[1] = NAN; }, "coefficient row 1"},
      {[](LinearModel& m) { m.intercept = NAN; }, "intercept"},
      {[](LinearModel& m) { m.center.push_back(0); }, "center"},
  };
  for (const auto& [damage, array] : bad) {
    LinearModel model = SmallLinear();
    damage(model);
    EXPECT_THAT(Refusal(model), HasSubstr(array)) << array;
  }
}

}  // namespace
}  // namespace tidewright
