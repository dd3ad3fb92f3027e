#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Evaluate : public ::testing::Test {
 protected:
  Evaluate() : log_(directory_.File("shop.h5")), artifact_(directory_.File("model")) {
    WriteShop(log_);
  }
  void TrainWith(const std::vector<std::string>& flags) {
    const CliResult trained = TrainShop(log_, artifact_, flags);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  CliResult Run(const std::vector<std::string>& flags) const {
    std::vector<std::string> arguments{"evaluate", artifact_, log_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunCli(arguments);
  }
  void ExpectRefused(const CliResult& result, const std::string& message) const {
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
    EXPECT_EQ(result.out, "");
  }

  TempDirectory directory_;
  std::string log_;
  std::string artifact_;
};

TEST_F(Evaluate, PrintsTheModelBesideThePopularityBaseline) {
  TrainWith({"--split", "last:1"});
  const CliResult result = Run({});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("40 users, split last:1"));
  for (const char* name : {"ials", "popularity", "95 % interval", "recall@10", "ndcg@20",
                           "recall_capped@50", "auc", "coverage@10"}) {
    EXPECT_THAT(result.out, HasSubstr(name));
  }
}

TEST_F(Evaluate, JsonHoldsEveryMetricOfModelAndBaseline) {
  TrainWith({"--split", "last:2"});
  const CliResult result = Run({"--json", "--k", "5,10"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["users"], 40);
  EXPECT_EQ(json["split"], "last:2");
  for (const char* part : {"/metrics", "/baseline/metrics"}) {
    const nlohmann::json& metrics = json[nlohmann::json::json_pointer(part)];
    for (const char* name : {"recall@5", "recall_capped@10", "ndcg@10", "auc"}) {
      EXPECT_LE(metrics.at(name).at("low"), metrics.at(name).at("mean")) << name;
      EXPECT_GE(metrics.at(name).at("high"), metrics.at(name).at("mean")) << name;
    }
  }
  // Tastes are learnt: the users' own half of the catalogue comes first.
  EXPECT_GT(json["metrics"]["auc"]["mean"], json["baseline"]["metrics"]["auc"]["mean"]);
  EXPECT_TRUE(json["exposure"].contains("coverage@5"));
}

TEST_F(Evaluate, RequirementsThatHoldAreExit0AndOthersExit7) {
  TrainWith({"--split", "last:1"});
  EXPECT_EQ(Run({"--require", "auc>=.5", "--require", "recall@7 <= 1"}).exit_code, 0);
  const CliResult failed = Run({"--json", "--require", "recall@7>1", "--require", "auc>=.5"});
  EXPECT_EQ(failed.exit_code, 7);
  EXPECT_THAT(Lines(failed.err).back(), HasSubstr("tidewright: recall@7 is "));
  EXPECT_THAT(Lines(failed.err).back(), HasSubstr("required > 1"));
  EXPECT_THAT(Lines(failed.err).back(), Not(HasSubstr("auc")));
  const nlohmann::json json = nlohmann::json::parse(failed.out);
  EXPECT_EQ(json["requirements"][0]["met"], false);
  EXPECT_EQ(json["requirements"][1]["met"], true);
}

TEST_F(Evaluate, MalformedRequirementsAreRefusedBeforeAnythingIsRead) {
  ExpectRefused(Run({"--require", "recal@20>=.1"}), "did you mean 'recall'?");
  ExpectRefused(Run({"--require", "recall>=.1"}), "recall@20");
  ExpectRefused(Run({"--require", "recall@20=.1"}), "recall@20>=.17");
  ExpectRefused(Run({"--require", "recall@20>=high"}), "recall@20>=.17");
  ExpectRefused(Run({"--k", "0"}), "--k is '0'");
}

TEST_F(Evaluate, OtherDataNeedsASplitAndMeetsTheModelByIds) {
  TrainWith({"--split", "last:1"});
  const std::string other = directory_.File("other.h5");
  WriteShop(other, 44);
  ExpectRefused(RunCli({"evaluate", artifact_, other}), "--split");
  const CliResult result = RunCli({"evaluate", artifact_, other, "--split", "last:1", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out)["users"], 44);
  EXPECT_THAT(result.err, HasSubstr("folded in 4 users"));
}

TEST_F(Evaluate, WarnsWhereTestEventsWereTrainedOn) {
  TrainWith({});
  ExpectRefused(Run({}), "nothing is left to judge it by");
  const CliResult result = Run({"--split", "last:1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("warning: the model was trained with split none"));
}

TEST_F(Evaluate, HeldOutUsersAreFoldedIn) {
  TrainWith({"--split", "users:10"});
  const CliResult result = Run({"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out)["users"], 10);
  EXPECT_THAT(result.err, HasSubstr("folded in 10 users"));
}

TEST_F(Evaluate, GivesTheSameFiguresForAnyNumberOfThreads) {
  TrainWith({"--split", "random:0.3", "--validate", "random:0.2"});
  const CliResult one = Run({"--json", "--threads", "1"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(one.out, Run({"--json", "--threads", "3"}).out);
}

TEST_F(Evaluate, WhatIsNoArtifactIsAnError) {
  const CliResult result = RunCli({"evaluate", directory_.File("nothing"), log_});
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("nothing"));
}

}  // namespace
}  // namespace tidewright
