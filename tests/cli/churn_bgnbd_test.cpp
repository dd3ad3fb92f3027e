// What BG/NBD says of customers as columns of a churn model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class ChurnWithBgnbd : public ::testing::Test {
 protected:
  ChurnWithBgnbd() {
    EXPECT_EQ(RunProgram({TidewrightBinary() + "-synthetic", "customers", "--customers", "2500",
                          "--seed", "5", "-o", Log()})
                  .exit_code,
              0);
    Fit("early", "2020-06-01");
  }

  void Fit(const std::string& name, const std::string& cutoff) {
    const CliResult fitted =
        RunCli({"train", "bgnbd", Log(), "-o", File(name), "--cutoff", cutoff});
    EXPECT_EQ(fitted.exit_code, 0) << fitted.err;
  }

  CliResult Train(const std::string& bgnbd, const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {"train",   "logistic", Log(),        "-o",
                                        File("m"), "--cutoff", "2020-09-01", "--horizon",
                                        "60d",     "--bgnbd",  File(bgnbd)};
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }

  nlohmann::json Manifest() {
    return nlohmann::json::parse(ReadWholeFile(File("m") + "/manifest.json"));
  }

  std::string Log() const { return File("log.h5"); }
  std::string File(const std::string& name) const { return directory_.File(name); }

  TempDirectory directory_;
};

TEST_F(ChurnWithBgnbd, TheColumnsAreTheModelsAndNeedItNoMore) {
  const CliResult trained = Train("early", {"--table-out", File("table.h5")});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const nlohmann::json manifest = Manifest();
  std::vector<std::string> names;
  for (const auto& column : manifest["features"]["columns"]) names.push_back(column["name"]);
  for (const std::string name : {"bgnbd_alive", "bgnbd_silence", "bgnbd_expected"}) {
    EXPECT_THAT(names, ::testing::Contains(name));
  }
  EXPECT_TRUE(manifest["files"].contains("bgnbd"));

  std::filesystem::remove_all(File("early"));
  const CliResult scored = RunCli({"score", File("m"), Log(), "--at", "2020-09-01"});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  const CliResult of_table = RunCli({"score", File("m"), File("table.h5")});
  EXPECT_EQ(scored.out, of_table.out);
  EXPECT_NE(scored.out, RunCli({"score", File("m"), Log(), "--at", "latest"}).out);
}

TEST_F(ChurnWithBgnbd, AModelThatKnowsLaterEventsIsRefused) {
  Fit("late", "2020-09-02");
  const CliResult late = Train("late");
  EXPECT_EQ(late.exit_code, 3);
  EXPECT_THAT(late.err, HasSubstr("was fitted on events up to 2020-09-02, after the first cutoff"));
  // Of several cutoffs the first one counts.
  const CliResult several = Train("early", {"--cutoffs", "6", "--every", "30d"});
  EXPECT_EQ(several.exit_code, 3);
  EXPECT_THAT(several.err, HasSubstr("after the first cutoff, 2020-04-04"));
}

TEST_F(ChurnWithBgnbd, AnotherKindOfModelIsRefused) {
  ASSERT_EQ(Train("early").exit_code, 0);
  std::filesystem::rename(File("m"), File("logistic"));
  const CliResult other = Train("logistic");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err,
              HasSubstr("holds a logistic model; expected one of tidewright train bgnbd"));
}

TEST_F(ChurnWithBgnbd, AMissingCopyIsRefused) {
  ASSERT_EQ(Train("early").exit_code, 0);
  std::filesystem::remove(File("m") + "/bgnbd.safetensors");
  const CliResult scored = RunCli({"score", File("m"), Log(), "--at", "latest"});
  EXPECT_EQ(scored.exit_code, 3);
  EXPECT_THAT(scored.err, HasSubstr("bgnbd.safetensors: the file is missing"));
}

TEST_F(ChurnWithBgnbd, ADateBeforeTheEndOfCalibrationIsWarnedOf) {
  ASSERT_EQ(Train("early").exit_code, 0);
  const CliResult scored = RunCli({"score", File("m"), Log(), "--at", "2020-05-01"});
  EXPECT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("it tells of what came later"));
}

}  // namespace
}  // namespace tidewright
