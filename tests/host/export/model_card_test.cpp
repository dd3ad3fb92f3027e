#include "host/export/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_trees.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ModelCard, OfARecommenderSaysWhatItWasTrainedOnAndHowItDid) {
  const std::string card =
      ModelCard(SmallArtifact(1), {"faiss", {{"items.faiss", "the index"}}, {"A note."}});
  EXPECT_THAT(card, StartsWith(kCardBeginning));
  for (const char* text :
       {"tags: [recommendation, tidewright]\n", "export_format: \"faiss\"\n", "  items: 7\n",
        "  fingerprint: \"0123abcd\"\n", "    \"cancel\": -1\n", "  end: \"2011-09-10\"\n",
        "  validation:\n    \"ndcg@20\": {mean: 0.25, low: 0.2, high: 0.3333333333333333}\n",
        "| `items.faiss` | the index |\n", "- A note.\n", "view = 0.1",
        "| `ndcg@20` | 0.25 | 0.2 to 0.3333 |\n", "## Coverage and exposure\n", "## Intended use\n",
        "## Not to be used\n"}) {
    EXPECT_THAT(card, HasSubstr(text));
  }
  EXPECT_THAT(card, Not(HasSubstr("user 3")));
}

TEST(ModelCard, OfAClassifierSaysItsLabelCutoffsAndCalibration) {
  Artifact artifact = TreeArtifact(RandomTrees(3, 3, 1), TreeColumns());
  PipelineRecord pipeline;
  pipeline.snapshot.gap = 7 * kMicrosPerDay;
  pipeline.train_cutoffs = {1300000000000000};
  artifact.manifest.pipeline = pipeline;
  artifact.manifest.test_metrics = {{"auc", {0.8, 0.7, 0.9}}, {"ece", {0.01, 0, 0.02}}};
  artifact.manifest.test_fingerprint = "ab";
  const std::string card = ModelCard(artifact, {"onnx", {}, {}});
  for (const char* text : {"pipeline_tag: tabular-classification\n", "  label: \"Churn=Yes\"\n",
                           "  gap: \"7d\"\n", "Test at a later date\n",
                           "## Calibration\n\n| metric | mean | 95 % interval |\n|---|---|---|\n"
                           "| `ece` | 0.01 | 0 to 0.02 |\n",
                           "2011-03-13"}) {
    EXPECT_THAT(card, HasSubstr(text));
  }
}

TEST(ModelCard, WhereNothingWasHeldOutItSaysSo) {
  Artifact artifact = SmallArtifact(1);
  artifact.manifest.validation_metrics.clear();
  const std::string card = ModelCard(artifact, {"faiss", {}, {}});
  EXPECT_THAT(card, HasSubstr("metrics: {}\n"));
  EXPECT_THAT(card, HasSubstr("the quality is not known"));
}

TEST(ModelCard, NumbersAreNumbersToReadersOfYaml) {
  Artifact artifact = SmallArtifact(1);
  artifact.manifest.validation_metrics = {{"ndcg@20", {1e-5, -2e-7, 2.5e-6}}};
  EXPECT_THAT(ModelCard(artifact, {"faiss", {}, {}}),
              HasSubstr("{mean: 1.0e-05, low: -2.0e-07, high: 2.5e-06}\n"));
}

TEST(ModelCard, TextsAreQuotedAsYamlTakesThem) {
  EXPECT_EQ(YamlText("a: \"b\"\n"), "\"a: \\\"b\\\"\\n\"");
  EXPECT_EQ(YamlText("\x7f"), "\"\\u007f\"");
  EXPECT_EQ(YamlText("\xc2\x85\xc2\xa0\xc3\xa9"), "\"\\u0085\xc2\xa0\xc3\xa9\"");
}

}  // namespace
}  // namespace tidewright
