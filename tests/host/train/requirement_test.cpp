#include "host/train/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/core/errors.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& text) {
  try {
    ParseRequirement(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Requirement, IsAMetricAComparisonAndANumber) {
  const Requirement requirement = ParseRequirement(" recall@20 >= .17 ");
  EXPECT_EQ(requirement.text, " recall@20 >= .17 ");
  EXPECT_EQ(requirement.metric, "recall@20");
  EXPECT_EQ(requirement.comparison, ">=");
  EXPECT_DOUBLE_EQ(requirement.value, 0.17);
  EXPECT_EQ(ParseRequirement("auc<1e-1").comparison, "<");
  EXPECT_DOUBLE_EQ(ParseRequirement("auc<1e-1").value, 0.1);
  EXPECT_EQ(ParseRequirement("gini@10<=-1").comparison, "<=");
}

TEST(Requirement, MetricsAreNamedAsReportsNameThem) {
  EXPECT_EQ(ParseRequirement("lift@10.0%>=1").metric, "lift@10%");
  EXPECT_EQ(ParseRequirement("recall@02.50%>=.1").metric, "recall@2.5%");
  EXPECT_EQ(ParseRequirement("recall@020>=.1").metric, "recall@20");
}

TEST(Requirement, AnotherFormIsRefusedWithAnExample) {
  for (const char* text : {"", "auc", "auc=1", ">=.5", "auc>=", "auc>=x", "auc>=1x", "auc>=inf",
                           "auc>=nan", "auc>>1"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("as in recall@20>=.17")) << text;
  }
}

TEST(Requirement, AMetricMustBeOneOfEvaluate) {
  EXPECT_THAT(Refusal("recal@20>=.1"), HasSubstr("did you mean 'recall'?"));
  EXPECT_THAT(Refusal("covrage@20>=.1"), HasSubstr("did you mean 'coverage'?"));
  EXPECT_THAT(Refusal("auk>.1"), HasSubstr("did you mean 'auc'?"));
  for (const char* text : {"ndcg>.1", "ndcg@>.1", "ndcg@0>.1", "ndcg@1025>.1", "ndcg@x>.1"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("ndcg@20")) << text;
  }
  EXPECT_EQ(ParseRequirement("ndcg@1024>.1").metric, "ndcg@1024");
}

TEST(Requirement, CutoffsAreTakenFromTheName) {
  EXPECT_EQ(CutoffOf("recall@20"), 20);
  EXPECT_EQ(CutoffOf("auc"), std::nullopt);
  EXPECT_EQ(CutoffOf("recall@20x"), std::nullopt);
  EXPECT_EQ(CutoffOf("recall@1025"), std::nullopt);
}

bool HoldsOf(const std::string& text, const RankingReport& report) {
  const Requirement requirement = ParseRequirement(text);
  return Holds(requirement, ValueOf(requirement.metric, report));
}

TEST(Requirement, SpeaksOfClassifiersToo) {
  for (const char* text : {"log_loss<=.42", "brier<.14", "ece<=.02", "pr_auc>.6", "lift@10%>=2",
                           "recall@2.5%>.1", "precision@5%>.7", "empc>9"}) {
    EXPECT_TRUE(IsClassificationMetric(ParseRequirement(text).metric)) << text;
  }
  EXPECT_FALSE(IsClassificationMetric("recall@20"));
  for (const char* text : {"lift@0%>1", "lift@101%>1", "lift@x%>1", "novelty@5%>1"}) {
    EXPECT_NE(Refusal(text), "accepted") << text;
  }
  EXPECT_EQ(CustomerShareOf("lift@10%"), 0.1);
  EXPECT_EQ(CustomerShareOf("recall@20"), std::nullopt);
}

TEST(Requirement, HoldsByItsComparisonAtTheBoundary) {
  RankingReport report;
  report.metrics["recall@20"] = {0.25, 0.2, 0.3};
  report.exposure["coverage@20"] = 0.5;
  EXPECT_TRUE(HoldsOf("recall@20>=.25", report));
  EXPECT_FALSE(HoldsOf("recall@20>.25", report));
  EXPECT_TRUE(HoldsOf("recall@20<=.25", report));
  EXPECT_FALSE(HoldsOf("recall@20<.25", report));
  EXPECT_TRUE(HoldsOf("coverage@20>.4", report));
  EXPECT_FALSE(HoldsOf("coverage@20<.4", report));
}

TEST(Requirement, NothingHoldsOfWhatIsNoNumber) {
  RankingReport report;
  report.metrics["auc"] = {std::nan(""), 0, 0};
  for (const char* text : {"auc>=0", "auc>0", "auc<=1", "auc<1"}) {
    EXPECT_FALSE(HoldsOf(text, report)) << text;
  }
}

}  // namespace
}  // namespace tidewright
