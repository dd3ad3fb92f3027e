// Churn models straight from an event log: the table is made on the way, and again when scoring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// A year of a shop with 240 customers: each buys every few weeks until the week in which they
// leave, some never; those about to leave return more.
std::string LogCsv() {
  std::string csv = "user,item,date,what,price\n";
  uint32_t state = 7;
  const auto draw = [&state](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  constexpr int kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int user = 0; user < 240; ++user) {
    const uint32_t every = 5 + draw(30);
    const uint32_t leaves = draw(3) == 0 ? 400 : 60 + draw(340);
    for (uint32_t day = draw(60); day < 364; day += 1 + draw(2 * every)) {
      if (day > leaves) break;
      int month = 0;
      int of_month = static_cast<int>(day);
      while (of_month >= kMonthDays[month]) of_month -= kMonthDays[month++];
      char line[80];
      std::snprintf(line, sizeof(line), "c%d,i%u,2021-%02d-%02d,%s,%u.5\n", user, draw(40),
                    month + 1, of_month + 1,
                    draw(day + 40 > leaves ? 3 : 12) == 0 ? "return" : "buy", 1 + draw(20));
      csv += line;
    }
  }
  return csv + "last,i0,2021-12-31,buy,1\n";
}

class ChurnFromLog : public ::testing::TestWithParam<const char*> {
 protected:
  ChurnFromLog() {
    WriteWholeFile(directory_.File("log.csv"), LogCsv());
    const CliResult result =
        RunCli({"import", "csv", directory_.File("log.csv"), "-o", Log(), "--user", "user",
                "--item", "item", "--timestamp", "date", "--signal", "what", "--keep",
                "price=price", "--signal-weight", "return=-1"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  std::string Log() const { return directory_.File("log.h5"); }

  CliResult Train(const std::string& name, const std::vector<std::string>& more,
                  const std::string& data = "log.h5") const {
    std::vector<std::string> command = {
        "train", GetParam(), directory_.File(data), "-o", directory_.File(name), "--epochs", "20"};
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }

  std::string Score(const std::string& name, const std::string& data,
                    const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command = {"score", directory_.File(name), directory_.File(data)};
    command.insert(command.end(), more.begin(), more.end());
    const CliResult result = RunCli(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  Json Evaluate(const std::string& name, const std::string& at) const {
    const CliResult result =
        RunCli({"evaluate", directory_.File(name), Log(), "--at", at, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out);
  }

  Json Manifest(const std::string& name) const {
    return Json::parse(ReadWholeFile(directory_.File(name) + "/manifest.json"));
  }

  TempDirectory directory_;
};

TEST_P(ChurnFromLog, TheArtifactAloneMakesTheSameTableAgain) {
  const CliResult trained =
      Train("model", {"--cutoff", "2021-09-01", "--horizon", "60d", "--cross-validate", "3",
                      "--table-out", directory_.File("table.h5")});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("cutoff 2021-09-01: "));
  EXPECT_THAT(trained.out, HasSubstr("cross-validation: 3 folds"));
  const Json manifest = Manifest("model");
  EXPECT_EQ(manifest["data"]["layout"], "event log");
  EXPECT_EQ(manifest["pipeline"]["signals"]["return"], -1);
  EXPECT_EQ(manifest["pipeline"]["horizon_us"], int64_t{60} * 86'400'000'000);
  EXPECT_FALSE(manifest.contains("test"));

  const std::string scores = Score("model", "log.h5", {"--at", "2021-09-01"});
  EXPECT_EQ(scores, Score("model", "table.h5"));
  EXPECT_NE(scores, Score("model", "log.h5", {"--at", "2021-10-01"}));
  EXPECT_EQ(Score("model", "log.h5", {"--at", "latest"}),
            Score("model", "log.h5", {"--at", "2021-12-31"}));

  EXPECT_TRUE(Evaluate("model", "2021-09-01")["on_training_data"]);
  const Json later = Evaluate("model", "2021-11-01");
  EXPECT_FALSE(later["on_training_data"]);
  EXPECT_EQ(later["label"], "churn in 60d");
  EXPECT_GT(later["metrics"]["auc"]["mean"], 0.5);
}

TEST_P(ChurnFromLog, TheLastOfSeveralCutoffsTestsWhatEarlierOnesTaught) {
  const CliResult trained =
      Train("model", {"--cutoff", "2021-10-15", "--horizon", "60d", "--cutoffs", "5", "--every",
                      "25d", "--table-out", directory_.File("table.h5")});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("dropped the cutoffs 2021-08-26, 2021-09-20: "));
  EXPECT_THAT(trained.out, HasSubstr("test: cutoff 2021-10-15"));
  const Json manifest = Manifest("model");
  EXPECT_EQ(manifest["pipeline"]["train_cutoffs_us"].size(), 2u);
  EXPECT_EQ(manifest["test"]["metrics"]["auc"], Evaluate("model", "2021-10-15")["metrics"]["auc"]);
  EXPECT_TRUE(Evaluate("model", "2021-08-01")["on_training_data"]);

  const CliResult again = Train("again", {"--test", directory_.File("table.test.h5")}, "table.h5");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Manifest("again")["test"]["metrics"]["auc"], manifest["test"]["metrics"]["auc"]);
  EXPECT_EQ(ReadWholeFile(directory_.File("again") + "/model.safetensors"),
            ReadWholeFile(directory_.File("model") + "/model.safetensors"));
}

TEST_P(ChurnFromLog, ADateWhoseFutureWasTrainedOnIsWarnedOf) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01", "--horizon", "60d"}).exit_code, 0);
  const auto evaluate = [&](const std::string& at) {
    return RunCli({"evaluate", directory_.File("model"), Log(), "--at", at, "--json"});
  };
  for (const std::string at : {"2021-08-23", "2021-05-01", "2021-10-30"}) {
    const CliResult seen = evaluate(at);
    EXPECT_THAT(seen.err, HasSubstr("did up to 2021-10-31, which is after --at " + at));
    EXPECT_TRUE(Json::parse(seen.out)["on_training_data"]) << at;
  }
  EXPECT_THAT(evaluate("2021-10-31").err, ::testing::Not(HasSubstr("too good")));
}

TEST_P(ChurnFromLog, AWarmStartKnowsNothingOfTheTest) {
  // Groups without missing values: the terms of logistic regression are those in use.
  const std::vector<std::string> spans = {"--horizon", "60d", "--feature-groups",
                                          "frequency,tenure"};
  const auto train = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), spans.begin(), spans.end());
    return Train(name, more);
  };
  ASSERT_EQ(train("late", {"--cutoff", "2021-09-01"}).exit_code, 0);
  ASSERT_EQ(train("early", {"--cutoff", "2021-07-01"}).exit_code, 0);
  const auto continued = [&](const std::string& name, const std::string& start) {
    return train(name, {"--cutoff", "2021-10-15", "--cutoffs", "5", "--every", "25d",
                        "--warm-start", directory_.File(start)});
  };
  const CliResult leaking = continued("leaking", "late");
  EXPECT_EQ(leaking.exit_code, 2);
  EXPECT_THAT(leaking.err, HasSubstr("did up to 2021-10-31, after the test cutoff 2021-10-15"));
  const CliResult honest = continued("honest", "early");
  ASSERT_EQ(honest.exit_code, 0) << honest.err;
  const Json manifest = Manifest("honest");
  EXPECT_EQ(manifest["warm_start"]["cutoffs_us"],
            Manifest("early")["pipeline"]["train_cutoffs_us"]);

  // Of a later training at an earlier date: what the start has seen still counts.
  ASSERT_EQ(
      train("back", {"--cutoff", "2021-06-01", "--warm-start", directory_.File("late")}).exit_code,
      0);
  EXPECT_TRUE(Evaluate("back", "2021-10-15")["on_training_data"]);

  const std::string start = directory_.File("late");
  const auto refused = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--cutoff", "2021-09-01", "--warm-start", start, "--feature-groups",
                             "frequency,tenure"});
    const CliResult result = Train("refused", more);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };
  EXPECT_THAT(refused({"--horizon", "30d"}), HasSubstr("with --horizon 60d; expected 30d"));
  EXPECT_THAT(refused({"--horizon", "60d", "--gap", "7d"}),
              HasSubstr("with --gap 0d; expected 7d"));
  EXPECT_THAT(refused({"--horizon", "60d", "--signal", "return=-2"}), HasSubstr("return=-1"));
  EXPECT_THAT(refused({"--horizon", "60d", "--validate", "0.2"}),
              HasSubstr("--validate cannot watch a --warm-start"));
}

TEST_P(ChurnFromLog, WritesTheSameBytesForAnyNumberOfThreads) {
  for (const std::string threads : {"1", "3"}) {
    const CliResult trained =
        Train("model" + threads, {"--cutoff", "2021-09-01", "--threads", threads});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  for (const std::string file : {"/manifest.json", "/model.safetensors"}) {
    EXPECT_EQ(ReadWholeFile(directory_.File("model1") + file),
              ReadWholeFile(directory_.File("model3") + file));
  }
}

TEST_P(ChurnFromLog, RefusesWhatCannotBe) {
  const std::vector<std::string> cutoff = {"--cutoff", "2021-09-01"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), cutoff.begin(), cutoff.end());
    return more;
  };
  struct Case {
    std::vector<std::string> options;
    int exit_code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{}, 2, "--cutoff is missing"},
      {{"--cutoff", "9/1/2021"}, 2, "--cutoff is '9/1/2021'; expected a date"},
      {with({"--horizon", "90"}), 2, "--horizon is '90'"},
      {with({"--horizon", "0d"}), 2, "--horizon is '0d'"},
      {with({"--signal", "bye=1"}), 2, "bye"},
      {with({"--feature-groups", "gap"}), 2, "did you mean 'gaps'?"},
      {with({"--test", "t.h5"}), 2, "expected --cutoffs"},
      {with({"--cutoffs", "3", "--every", "10d"}), 2, "no cutoff is left to train on"},
      {with({"--user-columns", "age"}), 3, "/users/age"},
      {with({"--table-out", Log()}), 2, "is no feature table"},
      {{"--cutoff", "2021-11-15"}, 3, "the log ends at 2021-12-31, before the horizon"},
      {{"--cutoff", "2020-06-01"}, 3, "no customer has a positive event"},
  };
  const std::string log_bytes = ReadWholeFile(Log());
  for (const Case& one : cases) {
    const CliResult result = Train("refused", one.options);
    EXPECT_EQ(result.exit_code, one.exit_code) << one.message << result.err;
    EXPECT_THAT(result.err, HasSubstr(one.message));
    EXPECT_EQ(Lines(result.err).back().find("tidewright: "), 0u) << result.err;
  }
  EXPECT_EQ(ReadWholeFile(Log()), log_bytes);
}

TEST_P(ChurnFromLog, KeepsLogsAndTablesApart) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01", "--table-out", directory_.File("table.h5")})
                .exit_code,
            0);
  const auto write_again = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--table-out", directory_.File("table.h5")});
    return Train("again", more);
  };
  EXPECT_EQ(write_again({"--cutoff", "2021-09-01"}).exit_code, 0);
  const CliResult another = write_again({"--cutoff", "2021-08-01"});
  EXPECT_EQ(another.exit_code, 2);
  EXPECT_THAT(another.err, HasSubstr("is another table; --overwrite replaces it"));
  EXPECT_EQ(write_again({"--cutoff", "2021-08-01", "--overwrite"}).exit_code, 0);
  const CliResult with_cutoff = Train("other", {"--cutoff", "2021-09-01"}, "table.h5");
  EXPECT_EQ(with_cutoff.exit_code, 2);
  EXPECT_THAT(with_cutoff.err, HasSubstr("--cutoff: "));
  ASSERT_EQ(Train("table_model", {}, "table.h5").exit_code, 0);

  const CliResult no_at = RunCli({"score", directory_.File("model"), Log()});
  EXPECT_EQ(no_at.exit_code, 2);
  EXPECT_THAT(no_at.err, HasSubstr("--at is missing"));
  const CliResult at_table =
      RunCli({"score", directory_.File("model"), directory_.File("table.h5"), "--at", "latest"});
  EXPECT_EQ(at_table.exit_code, 2);
  const CliResult at_table_model =
      RunCli({"score", directory_.File("table_model"), Log(), "--at", "latest"});
  EXPECT_EQ(at_table_model.exit_code, 2);
  EXPECT_THAT(at_table_model.err, HasSubstr("was trained on a feature table"));
  const CliResult unknown_labels =
      RunCli({"evaluate", directory_.File("model"), Log(), "--at", "latest"});
  EXPECT_EQ(unknown_labels.exit_code, 3);
}

TEST_P(ChurnFromLog, WarnsWhereTheLogEndsBeforeTheDate) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01"}).exit_code, 0);
  const CliResult result = RunCli({"score", directory_.File("model"), Log(), "--at", "2022-02-01"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("is taken for silence"));
}

TEST_P(ChurnFromLog, ExplainSpeaksOfTheCustomersJourney) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01"}).exit_code, 0);
  const std::vector<std::string> command = {
      "explain", directory_.File("model"), "--id", "last", "--data", Log(), "--at", "latest"};
  const CliResult text = RunCli(command);
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("last: probability of churn in 90d "));
  EXPECT_THAT(text.out, HasSubstr("\n1 visit, just now; a customer for 0 days.\n"));
  std::vector<std::string> as_json = command;
  as_json.push_back("--json");
  const Json json = Json::parse(RunCli(as_json).out);
  EXPECT_EQ(json["rows"][0]["journey"], "1 visit, just now; a customer for 0 days");
  for (const Json& reason : json["rows"][0]["reasons"]) {
    EXPECT_TRUE(reason.contains("meaning")) << reason;
    if (reason["column"] != "log_visits") continue;
    EXPECT_NEAR(reason["amount"].get<double>(), 1, 1e-6);
  }

  // The log that was trained on, as of its end, where nothing else is said.
  const CliResult alone = RunCli({"explain", directory_.File("model"), "--id", "last"});
  EXPECT_EQ(alone.out, text.out) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("which the model was trained on"));
}

TEST_P(ChurnFromLog, AnExportOfTheLatestCustomersSaysAsOfWhen) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01"}).exit_code, 0);
  const std::string out = directory_.File("out");
  const CliResult result = RunCli({"export", directory_.File("model"), "--format", "ndjson",
                                   "--data", Log(), "--at", "latest", "-o", out});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(ReadWholeFile(out + "/README.md"), HasSubstr(" customers, as of `2021-12-31`"));
}

TEST_P(ChurnFromLog, ASignalDecidesWhoIsGone) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01"}).exit_code, 0);
  ASSERT_EQ(Train("other", {"--cutoff", "2021-09-01", "--signal", "return=0.5"}).exit_code, 0);
  EXPECT_EQ(Manifest("other")["pipeline"]["signals"]["return"], 0.5);
  EXPECT_NE(Manifest("other")["data"]["fingerprint"], Manifest("model")["data"]["fingerprint"]);
}

TEST_P(ChurnFromLog, RefusesFeaturesOfAnotherVersion) {
  ASSERT_EQ(Train("model", {"--cutoff", "2021-09-01"}).exit_code, 0);
  const std::string path = directory_.File("model") + "/manifest.json";
  Json manifest = Manifest("model");
  manifest["pipeline"]["feature_version"] = 2;
  WriteWholeFile(path, manifest.dump());
  const CliResult result = RunCli({"score", directory_.File("model"), Log(), "--at", "latest"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("feature_version"));
}

INSTANTIATE_TEST_SUITE_P(Models, ChurnFromLog, ::testing::Values("gbdt", "logistic"));

}  // namespace
}  // namespace tidewright
