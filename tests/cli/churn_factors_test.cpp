// Churn models that read what a recommender says of the customers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// Customers of two tastes; those who buy odd items leave in summer.
std::string TasteLog() {
  std::string csv = "user,item,date\n";
  uint32_t state = 11;
  const auto draw = [&state](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (int user = 0; user < 200; ++user) {
    const unsigned odd = static_cast<unsigned>(user % 2);
    const int last = odd != 0 && draw(5) != 0 ? 6 : 12;
    for (int month = 1; month <= last; ++month) {
      for (int times = 0; times < 2; ++times) {
        char line[80];
        std::snprintf(line, sizeof(line), "c%d,i%u,2021-%02d-%02u\n", user, 2 * draw(10) + odd,
                      month, 1 + draw(27));
        csv += line;
      }
    }
  }
  return csv + "last,i0,2021-12-31\n";
}

class ChurnFactors : public ::testing::Test {
 protected:
  ChurnFactors() {
    WriteWholeFile(directory_.File("log.csv"), TasteLog());
    const CliResult imported = RunCli({"import", "csv", directory_.File("log.csv"), "-o", Log(),
                                       "--user", "user", "--item", "item", "--timestamp", "date"});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    EXPECT_EQ(TrainFactors("factors", "time:2021-04-01").exit_code, 0);
  }
  std::string Log() const { return directory_.File("log.h5"); }
  CliResult TrainFactors(const std::string& name, const std::string& split,
                         const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command = {
        "train",    "ials", Log(),     "-o", directory_.File(name), "--factors", "4",
        "--epochs", "4",    "--split", split};
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }
  CliResult Train(const std::string& name, const std::vector<std::string>& more,
                  const std::string& cutoff = "2021-08-01") const {
    std::vector<std::string> command = {"train", "logistic", Log(), "-o", directory_.File(name)};
    command.insert(command.end(), {"--cutoff", cutoff, "--horizon", "60d", "--epochs", "30"});
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }
  std::string Score(const std::string& name, const std::string& data, const std::string& at) const {
    std::vector<std::string> command = {"score", directory_.File(name), data};
    if (!at.empty()) command.insert(command.end(), {"--at", at});
    const CliResult scored = RunCli(command);
    EXPECT_EQ(scored.exit_code, 0) << scored.err;
    return scored.out;
  }

  TempDirectory directory_;
};

TEST_F(ChurnFactors, BecomeColumnsThatTheArtifactAloneMakesAgain) {
  const CliResult trained =
      Train("model", {"--cutoffs", "3", "--every", "60d", "--feature-groups", "tenure", "--factors",
                      directory_.File("factors"), "--table-out", directory_.File("table.h5")});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Json manifest = Json::parse(ReadWholeFile(directory_.File("model") + "/manifest.json"));
  EXPECT_EQ(manifest["features"]["columns"].back()["name"], "factor_3");
  EXPECT_TRUE(manifest["files"].contains("factors"));

  const std::string scores = Score("model", Log(), "2021-08-01");
  EXPECT_EQ(RunProgram({"/bin/rm", "-r", directory_.File("factors")}).exit_code, 0);
  EXPECT_EQ(Score("model", Log(), "2021-08-01"), scores);
  EXPECT_EQ(Score("model", directory_.File("table.test.h5"), ""), scores);
  EXPECT_NE(Score("model", Log(), "latest"), scores);

  std::string bytes = ReadWholeFile(directory_.File("model") + "/factors.safetensors");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  WriteWholeFile(directory_.File("model") + "/factors.safetensors", bytes);
  EXPECT_EQ(RunCli({"score", directory_.File("model"), Log(), "--at", "latest"}).exit_code, 3);
}

TEST_F(ChurnFactors, HaveAVariableOfTheirOwnBesideTheRecommendersDimension) {
  const auto train_with = [&](const std::string& variable) {
    return RunCli(
        {"train", "logistic", Log(), "--cutoff", "2021-08-01", "--horizon", "60d", "--dry-run"},
        {{variable, "64"}});
  };
  EXPECT_EQ(train_with("TIDEWRIGHT_FACTORS").exit_code, 0);
  const CliResult directory = train_with("TIDEWRIGHT_FACTORS_DIR");
  EXPECT_EQ(directory.exit_code, 5);
  EXPECT_THAT(directory.err, HasSubstr("cannot open the artifact 64"));
}

TEST_F(ChurnFactors, TellCustomersOfTwoTastesApart) {
  const auto auc = [&](const std::string& name, std::vector<std::string> more) {
    more.insert(more.end(), {"--feature-groups", "tenure", "--cross-validate", "4"});
    const CliResult trained = Train(name, more, "2021-07-01");
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    return Json::parse(ReadWholeFile(
        directory_.File(name) + "/manifest.json"))["cross_validation"]["metrics"]["auc"]["mean"]
        .get<double>();
  };
  EXPECT_GT(auc("with", {"--factors", directory_.File("factors")}), auc("without", {}) + 0.1);
}

TEST_F(ChurnFactors, OfLaterEventsAreRefused) {
  ASSERT_EQ(TrainFactors("late", "time:2021-07-15").exit_code, 0);
  const CliResult late =
      Train("model", {"--cutoffs", "3", "--every", "60d", "--factors", directory_.File("late")});
  EXPECT_EQ(late.exit_code, 3);
  EXPECT_THAT(late.err, HasSubstr("after the first cutoff, 2021-04-03"));
  EXPECT_THAT(late.err, HasSubstr("--split time:2021-04-03"));
  EXPECT_EQ(Train("one", {"--factors", directory_.File("late")}).exit_code, 0);
  ASSERT_EQ(TrainFactors("watched", "time:2021-10-01", {"--validate", "time:2021-04-01"}).exit_code,
            0);
  const CliResult watched = Train("model", {"--factors", directory_.File("watched")});
  EXPECT_EQ(watched.exit_code, 3);
  EXPECT_THAT(watched.err, HasSubstr("chose its epoch by events that may be later"));
  ASSERT_EQ(Train("churn", {}).exit_code, 0);
  EXPECT_EQ(Train("two", {"--factors", directory_.File("churn")}).exit_code, 2);
}

}  // namespace
}  // namespace tidewright
