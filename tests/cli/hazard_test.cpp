// Discrete-time hazard through the command line: from a log to the chance of leaving by then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "host/export/export_job.h"
#include "tests/cli/shop.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using HazardTestJson = nlohmann::json;

class Hazard : public ::testing::Test {
 protected:
  // Customers who leave, 2020-01-01 to 2020-12-30.
  void SetUp() override {
    const CliResult made = RunProgram({TidewrightBinary() + "-synthetic", "customers",
                                       "--customers", "1500", "--seed", "5", "-o", Log()});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  std::string Log() const { return directory_.File("log.h5"); }
  std::string Model(const std::string& name = "model") const { return directory_.File(name); }

  std::vector<std::string> TrainCommand(const std::string& name,
                                        const std::vector<std::string>& more) const {
    std::vector<std::string> command = {"train", "hazard", Log(), "-o", Model(name)};
    const std::vector<std::pair<std::string, std::string>> usual = {
        {"--device", "cpu"}, {"--horizon", "45d"}, {"--periods", "7,30,60"},
        {"--epochs", "20"},  {"--max-depth", "2"}, {"--cutoff", "2020-08-01"},
        {"--cutoffs", "6"}};
    for (const auto& [option, value] : usual) {
      if (std::find(more.begin(), more.end(), option) != more.end()) continue;
      command.insert(command.end(), {option, value});
    }
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  CliResult Train(const std::vector<std::string>& more = {}, const std::string& name = "model") {
    return RunCli(TrainCommand(name, more));
  }

  HazardTestJson Json(const std::vector<std::string>& command) {
    const CliResult result = RunCli(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return HazardTestJson::parse(result.out);
  }

  TempDirectory directory_;
};

TEST_F(Hazard, TrainsScoresJudgesAndExplains) {
  const CliResult trained = Train();
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("dropped the cutoffs 2020-07-02: their first period and "));
  EXPECT_THAT(trained.out, HasSubstr("test: cutoff 2020-08-01"));
  EXPECT_THAT(trained.out, HasSubstr("integrated"));
  const HazardTestJson manifest = HazardTestJson::parse(ReadWholeFile(Model() + "/manifest.json"));
  EXPECT_EQ(manifest["algorithm"], "hazard");
  EXPECT_EQ(manifest["model_kind"], "hazard");
  EXPECT_EQ(manifest["config"]["periods"], "7,30,60");
  EXPECT_EQ(manifest["features"]["label"], "leaving in 60d");

  const CliResult scored = RunCli({"score", Model(), Log(), "--at", "2020-08-01"});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  double expected = 0;
  for (const std::string& line : Lines(scored.out)) {
    const HazardTestJson one = HazardTestJson::parse(line);
    const double week = one["leave_within_7d"];
    const double month = one["leave_within_30d"];
    EXPECT_GT(week, 0);
    EXPECT_LE(week, month);
    EXPECT_LE(month, one["leave_within_60d"].get<double>());
    EXPECT_LT(one["leave_within_60d"].get<double>(), 1);
    EXPECT_EQ(one["probability"], one["leave_within_60d"]);
    expected += month;
  }
  const std::string file = directory_.File("scores.h5");
  EXPECT_EQ(RunCli({"score", Model(), Log(), "--at", "2020-08-01", "-o", file}).exit_code, 0);
  const std::string script =
      "import sys, h5py\n"
      "with h5py.File(sys.argv[1]) as f: print(repr(float(f['leave_within_30d'][:].sum())))\n";
  const CliResult sum_of_file = RunProgram({"/usr/bin/python3", "-c", script, file});
  ASSERT_EQ(sum_of_file.exit_code, 0) << sum_of_file.err;
  EXPECT_NEAR(std::stod(sum_of_file.out), expected, 1e-6);

  const HazardTestJson judged = Json({"evaluate", Model(), Log(), "--at", "2020-08-01", "--json"});
  ASSERT_EQ(judged["periods"].size(), 3u);
  EXPECT_NEAR(judged["periods"][1]["expected"], expected, 1e-6);
  EXPECT_NEAR(judged["periods"][1]["left"], expected, 0.1 * expected);
  EXPECT_EQ(judged["metrics"]["auc@30d"]["mean"], manifest["test"]["metrics"]["auc@30d"]["mean"]);
  EXPECT_GT(judged["metrics"]["auc@30d"]["mean"], 0.75);
  EXPECT_LT(judged["metrics"]["integrated_brier"]["mean"],
            0.95 * judged["baseline"]["integrated_brier"].get<double>());
  EXPECT_FALSE(judged["on_training_data"]);
  EXPECT_EQ(RunCli({"evaluate", Model(), Log(), "--at", "2020-08-01", "--require", "auc@7d>=.99"})
                .exit_code,
            7);

  const std::string id = HazardTestJson::parse(Lines(scored.out)[0])["id"];
  const HazardTestJson why = Json(
      {"explain", Model(), "--id", id, "--data", Log(), "--at", "2020-08-01", "--json"})["rows"][0];
  EXPECT_EQ(why["probability"], HazardTestJson::parse(Lines(scored.out)[0])["probability"]);
  double sum = why["base_log_odds"];
  for (const HazardTestJson& reason : why["reasons"]) sum += reason["log_odds"].get<double>();
  EXPECT_NEAR(sum, why["log_odds"], 1e-9);
  EXPECT_LT(why["probability_a_period"], why["probability"]);
  EXPECT_FALSE(why.contains("uncalibrated_probability"));
  EXPECT_THAT(RunCli({"explain", Model(), "--id", id, "--data", Log(), "--at", "2020-08-01"}).out,
              HasSubstr("probability of leaving in 60d"));
  EXPECT_THAT(RunCli({"inspect", Model()}).out, HasSubstr("7d, 30d, 60d"));
  EXPECT_EQ(Json({"inspect", Model(), "--json"})["periods"].size(), 3u);
}

// Who left was read from the whole log where no cutoff tests.
TEST_F(Hazard, GroupsAreJudgedByTheLastPeriodAndAddUp) {
  ASSERT_EQ(Train().exit_code, 0);
  const std::vector<std::string> command = {"evaluate",   Model(), Log(),          "--at",
                                            "2020-08-01", "--by",  "cohort,tenure"};
  std::vector<std::string> as_json = command;
  as_json.push_back("--json");
  const HazardTestJson judged = Json(as_json);
  EXPECT_EQ(judged["groups_within"], "60d");
  for (const char* by : {"cohort", "tenure"}) {
    int64_t rows = 0;
    int64_t left = 0;
    double expected = 0;
    for (const HazardTestJson& group : judged["groups"][by]) {
      rows += group["rows"].get<int64_t>();
      left += group["positives"].get<int64_t>();
      expected += group["predicted"].get<double>() * group["rows"].get<double>();
    }
    EXPECT_EQ(rows, judged["customers"]) << by;
    EXPECT_EQ(left, judged["periods"].back()["left"]) << by;
    EXPECT_NEAR(expected, judged["periods"].back()["expected"], 1e-6) << by;
  }
  const std::string text = RunCli(command).out;
  EXPECT_THAT(text, HasSubstr("groups: who left within 60d"));
  EXPECT_THAT(text, HasSubstr("by tenure"));
}

TEST_F(Hazard, WarnsWhereItsTrainingSawWhatCameAfter) {
  ASSERT_EQ(Train({"--cutoffs", "1", "--cutoff", "2020-07-01"}).exit_code, 0);
  const CliResult judged = RunCli({"evaluate", Model(), Log(), "--at", "2020-07-11", "--json"});
  ASSERT_EQ(judged.exit_code, 0) << judged.err;
  EXPECT_TRUE(HazardTestJson::parse(judged.out)["on_training_data"]);
  EXPECT_THAT(judged.err, HasSubstr("judge it on a later log, or train with --cutoffs"));
}

TEST_F(Hazard, WritesTheSameBytesForAnyNumberOfThreads) {
  const std::vector<std::string> watched = {"--validate", "0.2", "--patience", "30"};
  for (const std::string threads : {"1", "2"}) {
    std::vector<std::string> more = watched;
    more.insert(more.end(), {"--threads", threads});
    ASSERT_EQ(Train(more, "model" + threads).exit_code, 0);
  }
  for (const std::string file : {"/manifest.json", "/model.safetensors"}) {
    EXPECT_EQ(ReadWholeFile(Model("model1") + file), ReadWholeFile(Model("model2") + file));
  }
}

// A stop at any moment, then --resume: the same artifact as without.
TEST_F(Hazard, AResumedRunEndsWithTheSameBytes) {
  const std::vector<std::string> more = {"--epochs", "150"};
  ASSERT_EQ(Train(more, "whole").exit_code, 0);
  const pid_t pid = StartCli(TrainCommand("stopped", more), directory_.File("log"));
  int status = 0;
  bool ended = false;
  while (!ended && !std::filesystem::exists(Model("stopped") + ".partial/metrics.jsonl")) {
    ended = waitpid(pid, &status, WNOHANG) == pid;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!ended) {
    kill(pid, SIGTERM);
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 75) {
    const CliResult resumed = Train({"--epochs", "150", "--resume"}, "stopped");
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  }
  for (const std::string file : {"/manifest.json", "/model.safetensors"}) {
    EXPECT_EQ(ReadWholeFile(Model("stopped") + file), ReadWholeFile(Model("whole") + file));
  }
}

TEST_F(Hazard, SaysWhatItWouldTake) {
  const std::string table = directory_.File("table.h5");
  const CliResult dry = Train({"--dry-run", "--table-out", table});
  ASSERT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("memory"));
  EXPECT_FALSE(std::filesystem::exists(Model()));
  EXPECT_FALSE(std::filesystem::exists(table));
}

TEST_F(Hazard, RefusesALogThatNobodyLeaves) {
  std::ofstream csv(directory_.File("regulars.csv"));
  csv << "user,item,day\n";
  for (int user = 0; user < 5; ++user) {
    for (int month = 1; month <= 12; ++month) {
      csv << user << ",tea,2020-" << (month < 10 ? "0" : "") << month << "-0" << user + 1 << "\n";
    }
  }
  csv.close();
  const std::string log = directory_.File("regulars.h5");
  const CliResult imported = RunCli({"import", "csv", directory_.File("regulars.csv"), "-o", log,
                                     "--user", "user", "--item", "item", "--timestamp", "day"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  std::vector<std::string> command = {"train", "hazard",    log,          "-o",
                                      Model(), "--cutoff",  "2020-06-10", "--horizon",
                                      "45d",   "--periods", "7,30"};
  const CliResult run = RunCli(command);
  command.push_back("--dry-run");
  const CliResult dry = RunCli(command);
  for (const CliResult& refused : {run, dry}) {
    EXPECT_EQ(refused.exit_code, 3) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("is 0 in every row"));
  }
}

TEST_F(Hazard, ItsExpandedTableIsOneForBoostedTrees) {
  const std::string table = directory_.File("table.h5");
  const std::string run_file = directory_.File("run.toml");
  std::ofstream(run_file) << "table_out = '" << table << "'\n";
  const CliResult trained = Train({"--config", run_file});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(RunCli({"inspect", table}).out, HasSubstr("period_begin_days"));
  const CliResult trees =
      RunCli({"train", "gbdt", table, "-o", Model("trees"), "--test",
              directory_.File("table.test.h5"), "--epochs", "2", "--device", "cpu"});
  EXPECT_EQ(trees.exit_code, 0) << trees.err;
}

TEST_F(Hazard, RefusesWhatCannotBe) {
  const auto refused = [](const CliResult& result, int exit_code, const std::string& message) {
    EXPECT_EQ(result.exit_code, exit_code) << message << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(Lines(result.err).back().find("tidewright: "), 0u) << result.err;
  };
  refused(Train({"--periods", "30"}), 2, "for one, train gbdt");
  refused(Train({"--periods", "30,7"}), 2, "whole days that rise");
  refused(Train({"--periods", "7,300"}), 3, "the period of 300d");
  refused(Train({"--cutoff", "2020-12-01"}), 3, "who left is not known yet");
  refused(Train({"--cutoffs", "2"}), 2, "no cutoff is left to train on: the first period and");
  refused(Train({"--periods", "7,300", "--dry-run"}), 3, "the period of 300d");
  refused(Train({"--gap", "7d"}), 2, "--gap: leaving begins with the cutoff itself");
  const std::string run_file = directory_.File("run.toml");
  for (const auto& [text, message] : {std::pair{"gap = '7d'\n", "--gap: leaving begins with"},
                                      std::pair{"[hazard]\nperiods = '30'\n", "train gbdt"}}) {
    std::ofstream(run_file) << text;
    refused(RunCli({"train", "hazard", Log(), "-o", Model(), "--cutoff", "2020-08-01", "--config",
                    run_file}),
            2, message);
  }
  EXPECT_FALSE(std::filesystem::exists(Model()));

  ASSERT_EQ(Train().exit_code, 0);
  const std::string at = "2020-08-01";
  refused(RunCli({"score", Model(), Log()}), 2, "--at is missing");
  refused(RunCli({"evaluate", Model(), Log(), "--at", "latest"}), 3, "who left is not known yet");
  refused(RunCli({"evaluate", Model(), Log(), "--at", "2020-11-13"}), 3, "the first period of 7d");
  refused(RunCli({"evaluate", Model(), Log(), "--at", at, "--by", "tenur"}), 2,
          "did you mean 'tenure'?");
  refused(RunCli({"evaluate", Model(), Log(), "--at", at, "--permutations", "2"}), 2,
          "--permutations");
  refused(RunCli({"evaluate", Model(), Log(), "--at", at, "--budget", "10"}), 2,
          "is judged by its periods, not by who can be contacted");
  refused(RunCli({"evaluate", Model(), Log(), "--at", at, "--require", "auc>=.5"}), 2,
          "does not judge a hazard model");
  refused(RunCli({"evaluate", Model(), Log(), "--at", at, "--require", "auc@9d>=.5"}), 2,
          "has no auc@9d");
  refused(RunCli({"recommend", Model()}), 2, "recommends nothing");
  for (const ExportFormat& format : ExportFormats()) {
    refused(RunCli({"export", Model(), "--format", format.name, "-o", Model("out.ubj")}), 2,
            format.name == "ndjson" ? "--data FILE.h5" : "choose from: ndjson");
  }
}

}  // namespace
}  // namespace tidewright
