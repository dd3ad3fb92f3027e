// --path: logistic regression that finds its penalty.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;

class LogisticPath : public ::testing::Test {
 protected:
  CliResult Train(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> command = {
        "train", "logistic", TelcoTable(), "-o", directory_.File(name), "--epochs", "40"};
    command.insert(command.end(), more.begin(), more.end());
    return RunCli(command);
  }

  std::string FileOf(const std::string& name, const std::string& file) const {
    return ReadWholeFile(directory_.File(name) + "/" + file);
  }

  TempDirectory directory_;
};

TEST_F(LogisticPath, TheManifestHasThePenaltyAndItGivesTheSameModel) {
  const std::vector<std::string> path = {"--path", "4", "--path-folds", "2"};
  const CliResult found = Train("found", path);
  ASSERT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(found.err, HasSubstr("--path: l2 "));
  const auto config = nlohmann::json::parse(FileOf("found", "manifest.json"))["config"];
  const std::string l2 = config["l2"];
  EXPECT_NE(l2, "0.0001");
  EXPECT_EQ(config["path"], "4");

  const CliResult given = Train("given", {"--l2", l2});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  EXPECT_EQ(FileOf("given", "model.safetensors"), FileOf("found", "model.safetensors"));

  std::vector<std::string> one_thread = path;
  one_thread.insert(one_thread.end(), {"--threads", "1"});
  ASSERT_EQ(Train("again", one_thread).exit_code, 0);
  EXPECT_EQ(FileOf("again", "manifest.json"), FileOf("found", "manifest.json"));
}

TEST_F(LogisticPath, ARuleThatIsNoneIsRefused) {
  const CliResult result = Train("none", {"--path", "4", "--path-rule", "worst"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("one-standard-error"));
}

}  // namespace
}  // namespace tidewright
