// Who is judged and scored: the cohort's rate, groups of customers, drift since the training.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

// Half of the customers of each segment leave the shop in summer; all of segment "b" do so later.
std::string SegmentedLog() {
  std::string csv = "user,item,date,segment\n";
  uint32_t state = 5;
  const auto draw = [&state](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (int user = 0; user < 400; ++user) {
    const bool b = user % 2 == 0;
    const int first = static_cast<int>(draw(4));  // month
    const int leaves = draw(2) == 0 ? 5 + static_cast<int>(draw(2)) : (b ? 9 : 12);
    for (int month = first; month < leaves; ++month) {
      char line[80];
      std::snprintf(line, sizeof(line), "c%d,i%u,2021-%02d-%02u,%s\n", user, draw(20), month + 1,
                    1 + draw(27), b ? "b" : "a");
      csv += line;
    }
  }
  return csv + "last,i0,2021-12-31,a\n";
}

class PopulationCommands : public ::testing::Test {
 protected:
  PopulationCommands() {
    WriteWholeFile(directory_.File("log.csv"), SegmentedLog());
    const CliResult imported =
        RunCli({"import", "csv", directory_.File("log.csv"), "-o", Log(), "--user", "user",
                "--item", "item", "--timestamp", "date", "--user-column", "segment"});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    const CliResult trained = RunCli({"train", "logistic", Log(), "-o", Model(), "--cutoff",
                                      "2021-07-01", "--horizon", "60d", "--epochs", "20"});
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
  }
  std::string Log() const { return directory_.File("log.h5"); }
  std::string Model() const { return directory_.File("model"); }
  Json Evaluate(const std::string& at, const std::string& by) const {
    const CliResult judged = RunCli({"evaluate", Model(), Log(), "--at", at, "--by", by, "--json"});
    EXPECT_EQ(judged.exit_code, 0) << judged.err;
    return Json::parse(judged.out);
  }

  TempDirectory directory_;
};

TEST_F(PopulationCommands, TheCohortsRateStandsBesideTheObservedOne) {
  const Json cohort = Evaluate("2021-07-01", "tenure")["cohort"];
  EXPECT_LT(cohort["low"], cohort["expected_rate"]);
  EXPECT_LT(cohort["expected_rate"], cohort["high"]);
  EXPECT_LT(cohort["low"], cohort["observed_rate"]);
  EXPECT_LT(cohort["observed_rate"], cohort["high"]);
  const CliResult text = RunCli({"evaluate", Model(), Log(), "--at", "2021-07-01"});
  EXPECT_THAT(text.out, HasSubstr("95 % prediction interval "));
  EXPECT_THAT(text.out, HasSubstr("; observed "));
  const CliResult scored = RunCli({"score", Model(), Log(), "--at", "2021-07-01"});
  EXPECT_THAT(scored.err, HasSubstr("churn in 60d: "));
  EXPECT_THAT(scored.err, HasSubstr("95 % prediction interval "));
}

TEST_F(PopulationCommands, GroupsByCohortAndTenureAndColumnAddUp) {
  const Json report = Evaluate("2021-07-01", "cohort,tenure,months_active");
  ASSERT_EQ(report["groups"].size(), 3u);
  for (const auto& [by, groups] : report["groups"].items()) {
    int64_t rows = 0;
    for (const Json& group : groups) rows += group["rows"].get<int64_t>();
    EXPECT_EQ(rows, report["rows"]) << by;
  }
  EXPECT_EQ(report["groups"]["cohort"].size(), 4u);
  EXPECT_EQ(report["groups"]["tenure"][0]["group"], " 30 to 89 days");
  const CliResult text =
      RunCli({"evaluate", Model(), Log(), "--at", "2021-07-01", "--by", "cohort"});
  EXPECT_THAT(text.out, HasSubstr("by cohort "));
  EXPECT_THAT(text.out, HasSubstr("2021-01"));
  EXPECT_THAT(text.out, HasSubstr("small: under 100 rows"));
}

TEST_F(PopulationCommands, AColumnOfTheUsersThatTheModelDoesNotReadTellsWhoIsServedWorse) {
  const Json segments = Evaluate("2021-09-20", "segment")["groups"]["segment"];
  ASSERT_EQ(segments.size(), 2u);
  const Json& b = segments[segments[0]["group"] == "b" ? 0 : 1];
  EXPECT_EQ(b["group"], "b");
  EXPECT_GT(b["observed"], b["predicted"]);
  EXPECT_TRUE(b["off"]);
}

TEST_F(PopulationCommands, ALaterDateHasDrifted) {
  const Json same = Evaluate("2021-07-01", "tenure");
  EXPECT_EQ(same["drift"][0]["psi"], 0);
  const CliResult later = RunCli({"score", Model(), Log(), "--at", "2021-10-15"});
  ASSERT_EQ(later.exit_code, 0);
  EXPECT_THAT(later.err, HasSubstr("distributed otherwise than in training"));
  EXPECT_THAT(later.err, HasSubstr("item_growth "));
  const CliResult now = RunCli({"score", Model(), Log(), "--at", "2021-07-01"});
  EXPECT_THAT(now.err, Not(HasSubstr("otherwise than in training")));
}

TEST_F(PopulationCommands, RefusesAnUnknownGroup) {
  const CliResult result =
      RunCli({"evaluate", Model(), Log(), "--at", "2021-07-01", "--by", "tenur"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'tenure'?"));
  ASSERT_EQ(RunCli({"train", "ials", Log(), "-o", directory_.File("tastes"), "--factors", "4",
                    "--epochs", "2"})
                .exit_code,
            0);
  const CliResult tastes = RunCli({"evaluate", directory_.File("tastes"), Log(), "--by", "cohort"});
  EXPECT_EQ(tastes.exit_code, 2);
  EXPECT_THAT(tastes.err, HasSubstr("expected a churn model"));
}

TEST_F(PopulationCommands, ADamagedProfileIsRefusedAndAMissingOneIsNot) {
  const std::string path = Model() + "/manifest.json";
  auto manifest = nlohmann::ordered_json::parse(ReadWholeFile(path));
  ASSERT_TRUE(manifest["files"].contains("profile"));
  std::string bytes = ReadWholeFile(Model() + "/profile.safetensors");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  WriteWholeFile(Model() + "/profile.safetensors", bytes);
  EXPECT_EQ(RunCli({"score", Model(), Log(), "--at", "latest"}).exit_code, 3);
  manifest["files"].erase("profile");
  WriteWholeFile(path, manifest.dump());
  const CliResult without = RunCli({"score", Model(), Log(), "--at", "2021-10-15"});
  EXPECT_EQ(without.exit_code, 0) << without.err;
  EXPECT_THAT(without.err, Not(HasSubstr("otherwise than in training")));
}

TEST(PopulationOfATable, IsJudgedByItsColumns) {
  TempDirectory directory;
  ASSERT_EQ(RunCli({"train", "gbdt", TelcoTable(), "-o", directory.File("model"), "--epochs", "20"})
                .exit_code,
            0);
  const auto evaluate = [&](const std::string& by) {
    return RunCli({"evaluate", directory.File("model"), TelcoTable(), "--by", by, "--json"});
  };
  const CliResult judged = evaluate("Contract,SeniorCitizen,MonthlyCharges");
  ASSERT_EQ(judged.exit_code, 0) << judged.err;
  const Json groups = Json::parse(judged.out)["groups"];
  EXPECT_EQ(groups["Contract"][0]["group"], "Month-to-month");
  EXPECT_GT(groups["Contract"][0]["auc"], 0.6);
  EXPECT_EQ(groups["SeniorCitizen"].size(), 2u);
  EXPECT_EQ(groups["MonthlyCharges"].size(), 4u);
  const CliResult cohort = evaluate("cohort");
  EXPECT_EQ(cohort.exit_code, 2);
  EXPECT_THAT(cohort.err, HasSubstr("has no times"));
}

}  // namespace
}  // namespace tidewright
