// Churn models through the command line: a table in, an artifact, probabilities and measures out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// Customers whose label follows the plan and the months, with blanks and noise.
std::string SmallCsv(int rows, const std::string& plans = "basic,plus,pro",
                     uint32_t state = 12345) {
  std::vector<std::string> names;
  std::stringstream list(plans);
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  std::ostringstream csv;
  csv << "id,months,plan,calls,left\n";
  const auto draw = [&state](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (int row = 0; row < rows; ++row) {
    const uint32_t months = draw(60);
    const uint32_t plan = draw(static_cast<uint32_t>(names.size()));
    const bool leaves = draw(100) < (months < 12 ? 60u : 15u) + (plan == 0 ? 20u : 0u);
    csv << "c" << row << ",";
    if (draw(20) != 0) csv << months;
    csv << "," << names[plan] << "," << draw(9) << "," << (leaves ? "yes" : "no") << "\n";
  }
  return csv.str();
}

class ChurnCommands : public ::testing::TestWithParam<const char*> {
 protected:
  std::string ImportTable(const std::string& name, const std::string& csv) {
    WriteWholeFile(directory_.File(name + ".csv"), csv);
    const std::string table = directory_.File(name + ".h5");
    const CliResult result = RunCli({"import", "table", directory_.File(name + ".csv"), "-o", table,
                                     "--label", "left=yes", "--id", "id"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return table;
  }

  std::vector<std::string> Train(const std::string& table, const std::string& name,
                                 const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command = {"train",    GetParam(), table, "-o", directory_.File(name),
                                        "--epochs", "20"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  std::string ModelBytes(const std::string& name) const {
    return ReadWholeFile(directory_.File(name) + "/model.safetensors") +
           ReadWholeFile(directory_.File(name) + "/manifest.json");
  }

  TempDirectory directory_;
};

TEST_P(ChurnCommands, ATableBecomesAnArtifactThatScoresEveryRow) {
  const std::string table = ImportTable("train", SmallCsv(600));
  const CliResult trained = RunCli(Train(table, "model"));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("artifact: "));

  const CliResult scored = RunCli({"score", directory_.File("model"), table});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  std::istringstream lines(scored.out);
  int rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json["id"], std::string("c").append(std::to_string(rows)));
    EXPECT_GT(json["probability"].get<double>(), 0);
    EXPECT_LT(json["probability"].get<double>(), 1);
  }
  EXPECT_EQ(rows, 600);

  const CliResult inspected = RunCli({"inspect", directory_.File("model"), "--json"});
  ASSERT_EQ(inspected.exit_code, 0) << inspected.err;
  EXPECT_EQ(Json::parse(inspected.out)["label"], "left=yes");
  EXPECT_EQ(Json::parse(inspected.out)["columns"], 3);
}

TEST_P(ChurnCommands, EvaluateJudgesByAnotherTableAndHoldsTheGate) {
  const std::string table = ImportTable("train", SmallCsv(600));
  const std::string test = ImportTable("test", SmallCsv(300, "basic,plus,pro", 99));
  const CliResult trained = RunCli(Train(table, "model", {"--test", test}));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("test: "));

  const CliResult judged = RunCli({"evaluate", directory_.File("model"), test, "--json",
                                   "--require", "auc>=.6", "--require", "lift@30%>1"});
  ASSERT_EQ(judged.exit_code, 0) << judged.err << judged.out;
  const Json json = Json::parse(judged.out);
  EXPECT_FALSE(json["on_training_data"]);
  EXPECT_GT(json["metrics"]["auc"]["mean"], 0.6);
  EXPECT_LT(json["metrics"]["log_loss"]["mean"], 0.69);
  EXPECT_TRUE(json["metrics"].contains("lift@30%"));
  const Json manifest = Json::parse(ReadWholeFile(directory_.File("model") + "/manifest.json"));
  EXPECT_EQ(manifest["test"]["metrics"]["auc"]["mean"], json["metrics"]["auc"]["mean"]);

  const CliResult shuffled =
      RunCli({"evaluate", directory_.File("model"), test, "--permutations", "3", "--json"});
  ASSERT_EQ(shuffled.exit_code, 0) << shuffled.err;
  const Json importance = Json::parse(shuffled.out)["permutation_importance"];
  ASSERT_EQ(importance.size(), 3U);
  EXPECT_EQ(importance[0]["column"], "months");
  EXPECT_GT(importance[0]["log_loss_rise"].get<double>(), 0.01);
  EXPECT_EQ(importance[2]["column"], "calls");
  EXPECT_LT(importance[2]["log_loss_rise"].get<double>(), 0.01);
  const CliResult as_text =
      RunCli({"evaluate", directory_.File("model"), test, "--permutations", "3"});
  EXPECT_THAT(as_text.out,
              HasSubstr("\nshuffled                log_loss rises by   auc drops by\nmonths "));

  const CliResult missed =
      RunCli({"evaluate", directory_.File("model"), test, "--require", "auc>=.999"});
  EXPECT_EQ(missed.exit_code, 7);
  EXPECT_THAT(missed.err, HasSubstr("auc is 0."));
  const CliResult ranked =
      RunCli({"evaluate", directory_.File("model"), test, "--require", "recall@20>=.1"});
  EXPECT_EQ(ranked.exit_code, 2);
  const CliResult same = RunCli({"evaluate", directory_.File("model"), table});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_THAT(same.err, HasSubstr("trained on"));
}

TEST_P(ChurnCommands, PatienceEndsATrainingThatGetsNoBetterAndKeepsItsBestEpoch) {
  // So few rows that what is learned of their noise soon does harm.
  const std::string table = ImportTable("train", SmallCsv(400));
  const auto train = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), {"--validate", ".3", "--validate-metric", "log_loss"});
    return RunCli(Train(table, name, more));
  };
  const CliResult patient = train("patient", {"--epochs", "300", "--patience", "3"});
  ASSERT_EQ(patient.exit_code, 0) << patient.err;

  std::vector<double> losses;
  std::istringstream lines(ReadWholeFile(directory_.File("patient") + "/metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    losses.push_back(Json::parse(line)["log_loss"].get<double>());
  }
  const auto best = std::min_element(losses.begin(), losses.end()) - losses.begin() + 1;
  const Json training =
      Json::parse(ReadWholeFile(directory_.File("patient") + "/manifest.json"))["training"];
  EXPECT_GT(best, 1);
  EXPECT_EQ(losses.size(), static_cast<size_t>(best + 3));
  EXPECT_LT(losses.size(), 300U);
  EXPECT_EQ(training["best_epoch"], best);
  EXPECT_EQ(training["epochs"], losses.size());
  EXPECT_NEAR(training["validation"]["log_loss"]["mean"].get<double>(), losses[best - 1], 1e-9);
  EXPECT_THAT(patient.err, HasSubstr("trained " + std::to_string(losses.size()) + " epochs"));
  EXPECT_THAT(patient.err, HasSubstr("kept epoch " + std::to_string(best) + " with log_loss 0."));

  const CliResult ended = train("ended", {"--epochs", std::to_string(best)});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ReadWholeFile(directory_.File("patient") + "/model.safetensors"),
            ReadWholeFile(directory_.File("ended") + "/model.safetensors"));
}

TEST_P(ChurnCommands, TwoRunsOnAnyThreadsWriteTheSameBytes) {
  const std::string table = ImportTable("train", SmallCsv(500));
  const std::vector<std::string> folds = {"--cross-validate", "3", "--validate", ".2"};
  for (const char* threads : {"1", "2", "8"}) {
    std::vector<std::string> more = folds;
    more.insert(more.end(), {"--threads", threads});
    const CliResult result = RunCli(Train(table, std::string("m").append(threads), more));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  EXPECT_EQ(ModelBytes("m1"), ModelBytes("m2"));
  EXPECT_EQ(ModelBytes("m1"), ModelBytes("m8"));
}

TEST_P(ChurnCommands, WarmStartGoesOnFromAnArtifactOfTheSameColumns) {
  const std::string table = ImportTable("train", SmallCsv(400));
  ASSERT_EQ(RunCli(Train(table, "first", {"--epochs", "5"})).exit_code, 0);
  const CliResult more =
      RunCli(Train(table, "more", {"--epochs", "5", "--warm-start", directory_.File("first")}));
  ASSERT_EQ(more.exit_code, 0) << more.err;
  const auto loss = [&](const char* name) {
    return Json::parse(RunCli({"inspect", directory_.File(name), "--json"}).out)["loss"]
        .get<double>();
  };
  EXPECT_LT(loss("more"), loss("first"));
  const CliResult leaking = RunCli(
      Train(table, "leak", {"--warm-start", directory_.File("first"), "--cross-validate", "3"}));
  EXPECT_EQ(leaking.exit_code, 2);
  EXPECT_THAT(leaking.err, HasSubstr("--test"));
  const std::string other = ImportTable("other", SmallCsv(400, "a,b"));
  const CliResult refused =
      RunCli(Train(other, "wrong", {"--warm-start", directory_.File("first")}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(directory_.File("wrong")));
}

TEST_P(ChurnCommands, AWarmStartIsNotJudgedByWhatItHasLearnedFrom) {
  const std::string table = ImportTable("train", SmallCsv(400));
  const std::string fresh = ImportTable("fresh", SmallCsv(300, "basic,plus,pro", 99));
  const auto on_training_data = [&](const std::string& model, const std::string& data) {
    const CliResult result = RunCli({"evaluate", directory_.File(model), data, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out)["on_training_data"].get<bool>();
  };
  ASSERT_EQ(RunCli(Train(table, "first", {"--epochs", "5"})).exit_code, 0);
  const std::vector<std::string> from_first = {"--warm-start", directory_.File("first")};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), from_first.begin(), from_first.end());
    return more;
  };
  const CliResult watched = RunCli(Train(table, "watched", with({"--validate", "0.2"})));
  EXPECT_EQ(watched.exit_code, 2);
  EXPECT_THAT(watched.err, HasSubstr("--validate cannot watch a --warm-start"));

  // Of rows that the start has not seen, or kept back by the same draw, it can.
  ASSERT_EQ(RunCli(Train(fresh, "second", with({"--validate", "0.2"}))).exit_code, 0);
  EXPECT_TRUE(on_training_data("second", table));
  EXPECT_TRUE(on_training_data("second", fresh));
  EXPECT_FALSE(on_training_data("first", fresh));
  EXPECT_EQ(RunCli(Train(fresh, "third",
                         {"--validate", "0.2", "--warm-start", directory_.File("second")}))
                .exit_code,
            0);
  EXPECT_EQ(RunCli(Train(table, "fourth",
                         {"--validate", "0.2", "--warm-start", directory_.File("second")}))
                .exit_code,
            2);

  const CliResult tested = RunCli(Train(fresh, "tested", with({"--test", table})));
  EXPECT_EQ(tested.exit_code, 0);
  EXPECT_THAT(tested.err, HasSubstr("what the test says is too good"));
  EXPECT_THAT(RunCli(Train(table, "itself", {"--test", table})).err,
              HasSubstr("what the test says is too good"));
  EXPECT_THAT(RunCli(Train(table, "honest", {"--test", fresh})).err,
              ::testing::Not(HasSubstr("too good")));

  ASSERT_EQ(RunCli({"import", "table", directory_.File("train.csv"), "-o",
                    directory_.File("stayed.h5"), "--label", "left=no", "--id", "id"})
                .exit_code,
            0);
  const CliResult label = RunCli(Train(directory_.File("stayed.h5"), "label", from_first));
  EXPECT_EQ(label.exit_code, 2);
  EXPECT_THAT(label.err, HasSubstr("was trained on the label "));
}

TEST_P(ChurnCommands, ATableThatLacksAColumnIsRefusedAndAnUnknownCategoryIsMissing) {
  const std::string table = ImportTable("train", SmallCsv(400));
  ASSERT_EQ(RunCli(Train(table, "model")).exit_code, 0);
  const std::string renamed = ImportTable("renamed", SmallCsv(50, "basic,gold"));
  const CliResult scored = RunCli({"score", directory_.File("model"), renamed});
  EXPECT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("not seen"));

  WriteWholeFile(directory_.File("short.csv"), "id,months,left\na,3,yes\nb,4,no\n");
  ASSERT_EQ(RunCli({"import", "table", directory_.File("short.csv"), "-o",
                    directory_.File("short.h5"), "--label", "left=yes", "--id", "id"})
                .exit_code,
            0);
  const CliResult lacking = RunCli({"score", directory_.File("model"), directory_.File("short.h5"),
                                    "-o", directory_.File("out.ndjson")});
  EXPECT_EQ(lacking.exit_code, 3);
  EXPECT_THAT(lacking.err, HasSubstr("plan"));
  EXPECT_FALSE(std::filesystem::exists(directory_.File("out.ndjson")));
}

TEST_P(ChurnCommands, ARecommenderScoresNothingAndAClassifierRecommendsNothing) {
  const std::string table = ImportTable("train", SmallCsv(200));
  ASSERT_EQ(RunCli(Train(table, "model")).exit_code, 0);
  const CliResult result = RunCli({"recommend", directory_.File("model")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("tidewright score"));
}

INSTANTIATE_TEST_SUITE_P(Models, ChurnCommands, ::testing::Values("gbdt", "logistic"),
                         [](const auto& test) { return std::string(test.param); });

// Starts the training of `name`, ends it by SIGTERM once it has an epoch; its exit code.
int StopAfterAnEpoch(const std::vector<std::string>& command, const TempDirectory& directory,
                     const std::string& name) {
  const pid_t pid = StartCli(command, directory.File("log"));
  int status = 0;
  bool ended = false;
  while (!ended && !std::filesystem::exists(directory.File(name) + ".partial/metrics.jsonl")) {
    ended = waitpid(pid, &status, WNOHANG) == pid;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!ended) {
    kill(pid, SIGTERM);
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A stop at any moment, then --resume: the same artifact as without.
TEST(ChurnInterruption, AResumedRunEndsWithTheSameBytes) {
  TempDirectory directory;
  const auto command = [&](const std::string& name) {
    return std::vector<std::string>{"train",    "gbdt", TelcoTable(),  "-o", directory.File(name),
                                    "--epochs", "300",  "--max-depth", "5"};
  };
  ASSERT_EQ(RunCli(command("whole")).exit_code, 0);
  if (StopAfterAnEpoch(command("stopped"), directory, "stopped") == 75) {
    std::vector<std::string> resume = command("stopped");
    resume.push_back("--resume");
    const CliResult resumed = RunCli(resume);
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  }
  EXPECT_EQ(ReadWholeFile(directory.File("stopped") + "/model.safetensors"),
            ReadWholeFile(directory.File("whole") + "/model.safetensors"));
  EXPECT_EQ(ReadWholeFile(directory.File("stopped") + "/manifest.json"),
            ReadWholeFile(directory.File("whole") + "/manifest.json"));
}

TEST(ChurnInterruption, AnotherModelOfTheSameDataIsNoStartToResumeFrom) {
  TempDirectory directory;
  const auto command = [&](const std::string& name, const std::string& epochs) {
    return std::vector<std::string>{"train",    "gbdt", TelcoTable(), "-o", directory.File(name),
                                    "--epochs", epochs};
  };
  for (const std::string epochs : {"2", "3"}) {
    ASSERT_EQ(RunCli(command("of" + epochs, epochs)).exit_code, 0);
  }
  std::vector<std::string> stopped = command("stopped", "5000");
  stopped.insert(stopped.end(), {"--warm-start", directory.File("of2")});
  ASSERT_EQ(StopAfterAnEpoch(stopped, directory, "stopped"), 75);
  stopped.back() = directory.File("of3");
  stopped.push_back("--resume");
  const CliResult resumed = RunCli(stopped);
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_THAT(resumed.err, HasSubstr("another problem (warm-start"));
}

}  // namespace
}  // namespace tidewright
