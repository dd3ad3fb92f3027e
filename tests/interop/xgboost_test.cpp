// The exported JSON and UBJSON, read by both versions of XGBoost.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <utility>

#include "tests/interop/readers.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

// A tree of one split by `set`: nothing on its left, `value` on its right.
void AppendSplit(const std::vector<uint32_t>& set, uint8_t missing_left, float value,
                 TreeEnsemble* model) {
  model->category_words.insert(model->category_words.end(), set.begin(), set.end());
  const auto words = static_cast<int64_t>(model->category_words.size());
  for (int node = 0; node < 3; ++node) {
    model->feature.push_back(node == 0 ? 0 : -1);
    model->threshold.push_back(0);
    model->left.push_back(node == 0 ? 1 : 0);
    model->missing_left.push_back(node == 0 ? missing_left : 0);
    model->value.push_back(node == 2 ? value : 0);
    model->gain.push_back(node == 0 ? 1 : 0);
    model->cover.push_back(1);
    model->category_offsets.push_back(words);
  }
  model->tree_offsets.push_back(model->nodes());
}

class Xgboost : public ReadersTest {
 protected:
  // Exports the trees in each format, and holds what every version predicts for `rows` against
  // the definition.
  void ExpectSamePredictions(const TreeEnsemble& model, const FeatureSpec& columns,
                             const std::vector<float>& rows,
                             const std::vector<std::string>& formats = {"xgboost"}) {
    const TempDirectory files;
    const std::string artifact = files.File("model");
    std::filesystem::create_directory(artifact);
    WriteArtifactFiles(artifact, TreeArtifact(model, columns), RunRecord{});
    for (const std::string& format : formats) {
      const std::string out = files.File(format == "xgboost" ? "xgboost.json" : "xgboost.ubj");
      const CliResult exported = RunCli({"export", artifact, "--format", format, "-o", out});
      ASSERT_EQ(exported.exit_code, 0) << exported.err;
      for (const std::string& version : XgboostVersions()) {
        SCOPED_TRACE("xgboost " + version + ", " + format);
        const XgboostPrediction seen = PredictWithXgboost(version, out, rows);
        const int64_t count = static_cast<int64_t>(rows.size()) / model.features;
        ASSERT_EQ(static_cast<int64_t>(seen.margins.size()), count) << seen.report;
        for (int64_t row = 0; row < count; ++row) {
          const float margin = MarginOf(model, rows.data() + row * model.features);
          ASSERT_EQ(seen.margins[row], margin) << "row " << row;
          const double probability = 1 / (1 + std::exp(-static_cast<double>(margin)));
          ASSERT_NEAR(seen.probabilities[row], probability, 1e-6) << "row " << row;
        }
      }
    }
  }
};

TEST_F(Xgboost, PredictsTheSameMarginsToTheBit) {
  const FeatureSpec columns = TreeColumns();
  const TreeEnsemble model = RandomTrees(200, 7, 1);
  ExpectSamePredictions(model, columns, RandomRows(model, columns, 5000, 1),
                        {"xgboost", "xgboost-ubj"});
}

TEST_F(Xgboost, ReadsModelsOfOneSplitOfOneLeafAndOfNoTree) {
  const FeatureSpec columns = TreeColumns();
  for (int64_t trees = 0; trees <= 2; ++trees) {
    const TreeEnsemble model = RandomTrees(trees, 1, 2);
    ExpectSamePredictions(model, columns, RandomRows(model, columns, 50, 2));
  }
}

TEST_F(Xgboost, TakesEveryKindOfCategorySetTheSameWayForEveryCode) {
  FeatureSpec columns;
  columns.columns = {TreeColumns().columns[5]};  // 70 categories
  std::vector<float> rows{kMissing};
  for (int code = 0; code < 140; ++code) rows.push_back(static_cast<float>(code));
  const std::vector<std::vector<uint32_t>> sets = {
      {0},           {~0U},      {1},      {1U << 31},      {0, 0},
      {0, 1},        {~0U, ~0U}, {~1U, 0}, {1, 2, 1U << 5}, {0, 0, 1U << 31},
      {~0U, ~0U, 63}};
  TreeEnsemble model;
  model.features = 1;
  // A tree a set and direction; each adds its own power of two, so that the sum tells them apart.
  float value = 1;
  for (const std::vector<uint32_t>& set : sets) {
    for (const uint8_t missing_left : {0, 1}) {
      AppendSplit(set, missing_left, value, &model);
      value /= 2;
    }
  }
  ExpectSamePredictions(model, columns, rows);
}

TEST_F(Xgboost, ReadsNamesItWouldNotTake) {
  FeatureSpec columns;
  columns.columns = {{"a[1]", FeatureKind::kNumber, {}},
                     {"a_1_", FeatureKind::kNumber, {}},
                     {"age < 30\n", FeatureKind::kBoolean, {}}};
  const TreeEnsemble model = RandomTrees(20, 4, 3, columns);
  ExpectSamePredictions(model, columns, RandomRows(model, columns, 100, 3));
}

}  // namespace
}  // namespace tidewright
