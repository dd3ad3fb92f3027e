#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/data/hdf5/table_file.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

void ExpectRefused(const CliResult& result, int exit_code, const std::string& why) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr(why));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

class ExplainScore : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    WriteFeatureTable(table_, RandomTable(400, 1), true);
    const CliResult trained = RunCli({"train", GetParam(), table_, "-o", model_, "--epochs", "20"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  CliResult Explain(const std::string& id, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"explain", model_, "--id", id, "--data", table_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }

  TempDirectory dir_;
  std::string table_ = dir_.File("table.h5");
  std::string model_ = dir_.File("model");
};

TEST_P(ExplainScore, TheReasonsSumUpToTheProbabilityThatScorePrints) {
  const std::vector<std::string> scores = Lines(RunCli({"score", model_, table_}).out);
  for (const int row : {0, 7, 399}) {
    const CliResult result = Explain("customer " + std::to_string(row), {"--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json explained = Json::parse(result.out);
    EXPECT_EQ(explained["label"], "Churn=Yes");
    ASSERT_EQ(explained["rows"].size(), 1u);
    const Json& one = explained["rows"][0];
    EXPECT_EQ(one["row"], row);
    ASSERT_EQ(one["reasons"].size(), 4u);
    double sum = one["base_log_odds"];
    double last = INFINITY;
    for (const Json& reason : one["reasons"]) {
      const double log_odds = reason["log_odds"];
      sum += log_odds;
      EXPECT_LE(std::abs(log_odds), last);
      last = std::abs(log_odds);
    }
    // Trees add their margin up in float.
    EXPECT_NEAR(sum, one["log_odds"].get<double>(), 1e-5);
    EXPECT_NEAR(1 / (1 + std::exp(-sum)), one["probability"].get<double>(), 1e-6);
    EXPECT_EQ(one["probability"], Json::parse(scores[row])["probability"]);
  }
}

TEST_P(ExplainScore, ValuesAreThoseOfTheTable) {
  const FeatureTable table = RandomTable(400, 1);
  for (int row = 0; row < 4; ++row) {
    const Json one =
        Json::parse(Explain("customer " + std::to_string(row), {"--json"}).out)["rows"][0];
    for (const Json& reason : one["reasons"]) {
      for (const FeatureColumn& column : table.columns) {
        if (column.description.name != reason["column"]) continue;
        const float value = column.values[row];
        EXPECT_EQ(reason["missing"], std::isnan(value));
        if (std::isnan(value)) {
          EXPECT_TRUE(reason["value"].is_null());
        } else if (column.description.kind == FeatureKind::kCategory) {
          EXPECT_EQ(reason["value"], column.description.categories[static_cast<size_t>(value)]);
        } else if (column.description.kind == FeatureKind::kBoolean) {
          EXPECT_EQ(reason["value"], value == 1);
        } else {
          EXPECT_EQ(reason["value"].get<float>(), value);
        }
      }
    }
  }
}

TEST_P(ExplainScore, PeopleGetALineAReasonAndTheRestTogether) {
  const CliResult result = Explain("customer 3", {"--top", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> lines = Lines(result.out);
  ASSERT_EQ(lines.size(), 6u) << result.out;
  EXPECT_THAT(lines[0], HasSubstr("customer 3: probability of Churn=Yes "));
  EXPECT_THAT(lines[3], ::testing::ContainsRegex(" is .* (raises|lowers) it from +[0-9.]+ % to"));
  EXPECT_THAT(lines[5], HasSubstr("2 other columns together"));
  // The last line ends where the first one says.
  const std::string probability = lines[0].substr(lines[0].find("Yes ") + 4);
  EXPECT_THAT(lines[5], ::testing::EndsWith(probability));
}

TEST_P(ExplainScore, ACategoryTheModelHasNotSeenIsNamedAndCountsAsMissing) {
  FeatureTable table = RandomTable(2, 1);
  table.columns[2].description.categories = {"monthly", "weekly"};
  table.columns[2].values = {1, 0};
  table.label.clear();
  table.label_name.clear();
  WriteFeatureTable(table_, table, true);
  const Json one = Json::parse(Explain("customer 0", {"--json"}).out)["rows"][0];
  bool found = false;
  for (const Json& reason : one["reasons"]) {
    if (reason["column"] != "contract") continue;
    found = true;
    EXPECT_EQ(reason["value"], "weekly");
    EXPECT_EQ(reason["missing"], true);
  }
  EXPECT_TRUE(found);
  EXPECT_THAT(Explain("customer 0").out, HasSubstr("contract is weekly (new to the model)"));
}

TEST_P(ExplainScore, WithoutDataTheTrainingsOwnTableIsTakenWhereItIsStillTheSame) {
  const std::vector<std::string> command = {"explain", model_, "--id", "customer 1"};
  EXPECT_EQ(RunCli(command).out, Explain("customer 1").out);
  WriteFeatureTable(table_, RandomTable(400, 2), true);
  const CliResult changed = RunCli(command);
  EXPECT_EQ(changed.exit_code, 3);
  EXPECT_THAT(changed.err, HasSubstr("is not what it was when the model was trained on it"));
  std::filesystem::remove(table_);
  ExpectRefused(RunCli(command), 2, "--data is missing, and " + table_);
}

TEST_P(ExplainScore, WhatCannotBeFoundIsOneLine) {
  ExpectRefused(Explain("nobody"), 3, "no row has the id 'nobody'");
  ExpectRefused(RunCli({"explain", model_, "--user", "customer 1"}), 2, "are named by --id");
  ExpectRefused(RunCli({"explain", model_}), 2, "say whom to explain");
  ExpectRefused(Explain("customer 1", {"--item", "x"}), 2, "--item goes with --user");
  FeatureTable table = RandomTable(20, 1);
  table.ids = IdTable();
  WriteFeatureTable(table_, table, true);
  ExpectRefused(Explain("customer 1"), 2, "has no ids");
}

INSTANTIATE_TEST_SUITE_P(Classifiers, ExplainScore, ::testing::Values("gbdt", "logistic"),
                         [](const auto& parameter) { return parameter.param; });

class ExplainItems : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteShop(log_);
    const CliResult trained = TrainShop(log_, model_, {"--alpha", "0.5"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  CliResult Explain(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"explain", model_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }

  TempDirectory dir_;
  std::string log_ = dir_.File("shop.h5");
  std::string model_ = dir_.File("model");
};

TEST_F(ExplainItems, TheBestItemsAreThoseOfRecommendAndTheReasonsTheUsersOwn) {
  const Json explained = Json::parse(Explain({"--user", "u4", "--items", "2", "--json"}).out);
  const Json recommended =
      Json::parse(RunCli({"recommend", model_, "--users", "u4", "-k", "2"}).out);
  EXPECT_EQ(explained["disliked"], 1);
  ASSERT_EQ(explained["items"].size(), 2u);
  for (size_t rank = 0; rank < 2; ++rank) {
    const Json& item = explained["items"][rank];
    EXPECT_EQ(item["item"], recommended["items"][rank]["item"]);
    EXPECT_EQ(item["name"], recommended["items"][rank]["name"]);
    EXPECT_NEAR(item["score"].get<double>(), recommended["items"][rank]["score"].get<double>(),
                1e-6);
    ASSERT_EQ(item["reasons"].size(), 9u);
    double sum = 0;
    for (const Json& reason : item["reasons"]) {
      EXPECT_NE(reason["item"], ReturnedItem(4));
      sum += reason["score"].get<double>();
    }
    EXPECT_NEAR(sum, item["sum"].get<double>(), 1e-9);
  }
}

TEST_F(ExplainItems, PeopleGetALineAReason) {
  const CliResult result = Explain({"--user", "u4", "--item", "i0", "--top", "3"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("user u4\n\ni0  Lamp \"No. 0\"\n"));
  EXPECT_THAT(result.out, HasSubstr("6 other items together"));
  EXPECT_EQ(Lines(result.out).size(), 8u) << result.out;
}

TEST_F(ExplainItems, WhatCannotBeFoundIsOneLine) {
  ExpectRefused(Explain({"--user", "nobody"}), 3, "knows no user 'nobody'");
  ExpectRefused(Explain({"--user", "u4", "--item", "i99"}), 3, "knows no item 'i99'");
  ExpectRefused(Explain({"--user", "u4", "--id", "u4"}), 2, "say whom to explain");
  ASSERT_EQ(TrainShop(log_, model_, {"--no-history"}).exit_code, 0);
  ExpectRefused(Explain({"--user", "u4"}), 2, "give the log with --data");
  EXPECT_EQ(Explain({"--user", "u4", "--data", log_}).exit_code, 0);
}

}  // namespace
}  // namespace tidewright
