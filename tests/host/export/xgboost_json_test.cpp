#include "host/export/xgboost_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/core/errors.h"
#include "host/export/folded_calibration.h"
#include "host/export/xgboost_columns.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using Json = nlohmann::json;

Json Written(const TreeEnsemble& model, const FeatureSpec& columns, MarginMap margins = {}) {
  const TempDirectory dir;
  PartialFile file(dir.File("x.json"));
  WriteXgboostJson(model, columns, file, XgboostDictionary::kWritten, margins);
  file.Finish();
  return Json::parse(ReadWholeFile(dir.File("x.json")));
}

// What XGBoost's documentation says a tree of the file does with a row; the value of the leaf.
float LeafValue(const Json& tree, const float* row) {
  size_t at = 0;
  while (tree["left_children"][at] >= 0) {
    const float value = row[tree["split_indices"][at].get<size_t>()];
    bool left = value < tree["split_conditions"][at].get<float>();
    if (tree["split_type"][at] == 1) {
      left = true;
      for (size_t node = 0; node < tree["categories_nodes"].size(); ++node) {
        if (tree["categories_nodes"][node] != at) continue;
        const size_t begin = tree["categories_segments"][node];
        const size_t count = tree["categories_sizes"][node];
        EXPECT_GT(count, 0u);
        for (size_t i = begin; i < begin + count; ++i) {
          if (tree["categories"][i].get<float>() == value) left = false;
        }
      }
    }
    if (value != value) left = tree["default_left"][at] == 1;
    at = tree[left ? "left_children" : "right_children"][at];
  }
  return tree["split_conditions"][at];
}

TEST(XgboostJson, AWalkByItsRulesGivesOurMarginToTheBit) {
  const FeatureSpec columns = TreeColumns();
  const TreeEnsemble model = RandomTrees(40, 6, 5);
  const Json trees = Written(model, columns)["learner"]["gradient_booster"]["model"]["trees"];
  ASSERT_EQ(trees.size(), 40u);
  const std::vector<float> rows = RandomRows(model, columns, 300, 5);
  for (size_t at = 0; at < rows.size(); at += columns.columns.size()) {
    float margin = 0;
    for (const Json& tree : trees) margin += LeafValue(tree, rows.data() + at);
    ASSERT_EQ(margin, MarginOf(model, rows.data() + at)) << "row at " << at;
  }
}

TEST(XgboostJson, MarginsAreMappedByItsLeaves) {
  const FeatureSpec columns = TreeColumns();
  for (const int64_t count : {0, 1, 40}) {
    const TreeEnsemble model = RandomTrees(count, 6, 5);
    const Json document = Written(model, columns, {0.75, -0.4});
    const Json& trees = document["learner"]["gradient_booster"]["model"]["trees"];
    const std::vector<float> rows = RandomRows(model, columns, 100, 5);
    for (size_t at = 0; at < rows.size(); at += columns.columns.size()) {
      double margin = 0;
      double size = 1;
      for (const Json& tree : trees) {
        const double value = LeafValue(tree, rows.data() + at);
        margin += value;
        size += std::abs(value);
      }
      ASSERT_NEAR(margin, 0.75 * MarginOf(model, rows.data() + at) - 0.4, 1e-6 * size);
    }
  }
}

TEST(XgboostJson, ACalibratorIsFoldedWhereItIsALineOfTheMargin) {
  Manifest manifest;
  EXPECT_EQ(FoldedCalibration(manifest)->slope, 1);
  manifest.calibration.emplace();
  EXPECT_EQ(FoldedCalibration(manifest)->shift, 0);
  Calibrator& kept = manifest.calibration->kept.emplace();
  kept.a = 0.5;
  kept.c = -2;
  EXPECT_EQ(FoldedCalibration(manifest)->slope, 0.5);
  EXPECT_EQ(FoldedCalibration(manifest)->shift, -2);
  for (const CalibrationMethod method : {CalibrationMethod::kBeta, CalibrationMethod::kIsotonic}) {
    kept.method = method;
    EXPECT_FALSE(FoldedCalibration(manifest));
  }
}

TEST(XgboostJson, NodesAreLinkedAsItAsks) {
  const TreeEnsemble model = RandomTrees(30, 6, 6);
  const Json written = Written(model, TreeColumns());
  for (const Json& tree : written["learner"]["gradient_booster"]["model"]["trees"]) {
    const size_t nodes = std::stoul(tree["tree_param"]["num_nodes"].get<std::string>());
    for (const char* name :
         {"loss_changes", "sum_hessian", "base_weights", "left_children", "right_children",
          "parents", "split_indices", "split_conditions", "split_type", "default_left"}) {
      ASSERT_EQ(tree[name].size(), nodes) << name;
    }
    EXPECT_EQ(tree["parents"][0], 2147483647);
    for (size_t at = 0; at < nodes; ++at) {
      const int64_t left = tree["left_children"][at];
      if (left < 0) continue;
      EXPECT_EQ(tree["right_children"][at], left + 1);
      EXPECT_EQ(tree["parents"][left], at);
      EXPECT_EQ(tree["parents"][left + 1], at);
    }
  }
}

// XGBoost reads a number without a point as an integer and refuses it among floats.
TEST(XgboostJson, FloatsArePrintedAsFloatsAndReadBackTheSame) {
  FeatureSpec columns;
  columns.columns = {{"x", FeatureKind::kNumber, {}}};
  TreeEnsemble model = RandomTrees(2, 1, 7, columns);
  const int64_t split = model.tree_offsets[1];
  ASSERT_EQ(model.feature[split], 0);
  model.base_margin = 0;
  for (const float threshold : {0.0f, -0.0f, 1.0f, 1e20f, 16777216.0f, 3.4028235e38f, 1e-45f,
                                1.17549435e-38f, 0.1f, -123456789.0f, 1e-5f}) {
    model.threshold[split] = threshold;
    const Json document = Written(model, columns);
    const Json& tree = document["learner"]["gradient_booster"]["model"]["trees"][1];
    const Json& written = tree["split_conditions"][0];
    EXPECT_TRUE(written.is_number_float()) << written;
    EXPECT_EQ(std::bit_cast<uint32_t>(written.get<float>()), std::bit_cast<uint32_t>(threshold));
  }
}

TEST(XgboostJson, GainsAreTwiceOursAndCoversOurs) {
  const TreeEnsemble model = RandomTrees(2, 1, 8);
  const Json document = Written(model, TreeColumns());
  const Json& tree = document["learner"]["gradient_booster"]["model"]["trees"][1];
  const int64_t root = model.tree_offsets[1];
  EXPECT_EQ(tree["loss_changes"][0].get<float>(), 2 * model.gain[root]);
  EXPECT_EQ(tree["sum_hessian"][0].get<float>(), model.cover[root]);
}

TEST(XgboostJson, ColumnsHaveTheNamesAndTypesItKnows) {
  const Json learner = Written(RandomTrees(3, 3, 9), TreeColumns())["learner"];
  EXPECT_EQ(learner["feature_names"][3], "charges \"net\" \xe2\x82\xac");
  EXPECT_EQ(learner["feature_types"], Json({"q", "i", "c", "q", "c", "c", "q"}));
  EXPECT_EQ(learner["learner_model_param"]["num_feature"], "7");
}

TEST(XgboostJson, AttributesSayWhatCodesAndProbabilityAre) {
  FeatureSpec columns = TreeColumns();
  columns.columns[2].name = "the \"[plan]\"";
  columns.columns[2].categories = {"a \"quoted\" one", "\xc3\xa9"};
  const Json attributes = Written(RandomTrees(0, 3, 9, columns), columns)["learner"]["attributes"];
  EXPECT_EQ(attributes["label"], "Churn=Yes");
  const Json categories = Json::parse(attributes["categories"].get<std::string>());
  EXPECT_EQ(categories["the \"_plan_\""], Json({"a \"quoted\" one", "\xc3\xa9"}));
  EXPECT_EQ(categories["region"].size(), 32u);
  EXPECT_EQ(categories.size(), 3u);
}

// As XGBoost 3.4.1 wrote them for a data frame with the categories x, zz, é in this order.
TEST(XgboostJson, TextsOfCategoriesAreKeptAsItKeepsThem) {
  FeatureSpec columns;
  columns.columns = {{"a", FeatureKind::kNumber, {}},
                     {"c", FeatureKind::kCategory, {"x", "zz", "\xc3\xa9"}},
                     {"b", FeatureKind::kBoolean, {}},
                     {"d", FeatureKind::kCategory, {"p", "q"}}};
  const Json model =
      Written(RandomTrees(1, 1, 9, columns), columns)["learner"]["gradient_booster"]["model"];
  EXPECT_EQ(model["cats"], Json::parse(R"({"enc": [{"offsets": [], "values": []},
      {"offsets": [0, 1, 3, 5], "values": [120, 122, 122, -61, -87]},
      {"offsets": [], "values": []}, {"offsets": [0, 1, 2], "values": [112, 113]}],
      "feature_segments": [0, 0, 3, 3, 5], "sorted_idx": [2, 0, 1, 0, 1]})"));
  columns.columns.resize(1);
  EXPECT_FALSE(
      Written(RandomTrees(1, 1, 9, columns), columns)["learner"]["gradient_booster"]["model"]
          .contains("cats"));
}

TEST(XgboostJson, NamesItRefusesAreChangedAndStayDistinct) {
  FeatureSpec columns;
  for (const char* name : {"a[0]", "a_0_", "a<0<", "plain", "[", "<"}) {
    columns.columns.push_back({name, FeatureKind::kNumber, {}});
  }
  EXPECT_EQ(XgboostNames(columns),
            (std::vector<std::string>{"a_0__2", "a_0_", "a_0__3", "plain", "_", "__2"}));
}

TEST(XgboostJson, ADescriptionOfOtherColumnsIsRefused) {
  FeatureSpec columns = TreeColumns();
  columns.columns.pop_back();
  EXPECT_THROW(Written(RandomTrees(3, 3, 9), columns), DataError);
}

}  // namespace
}  // namespace tidewright
