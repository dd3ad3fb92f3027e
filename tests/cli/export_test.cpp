#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Export : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(dir_.File("trees"));
    WriteArtifactFiles(dir_.File("trees"), TreeArtifact(RandomTrees(5, 3, 1), TreeColumns()), {});
    std::filesystem::create_directory(dir_.File("factors"));
    WriteArtifactFiles(dir_.File("factors"), SmallArtifact(1), {});
    std::filesystem::create_directory(dir_.File("out"));
    output_ = dir_.File("out/x.json");
  }

  CliResult Run(const std::string& artifact, const std::string& format,
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"export", dir_.File(artifact), "--format", format, "-o",
                                       output_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }

  // One line, this exit code, and nothing in the folder but what was there.
  void ExpectRefused(const CliResult& result, int exit_code, const std::string& why) {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_THAT(result.err, StartsWith("tidewright: "));
    EXPECT_THAT(result.err, HasSubstr(why));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(FilesOf(dir_.File("out")), before_);
  }

  TempDirectory dir_;
  std::string output_;
  std::map<std::string, std::string> before_;
};

TEST_F(Export, WritesTheFileAndSaysSo) {
  const CliResult result = Run("trees", "xgboost");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("wrote " + output_));
  EXPECT_THAT(ReadWholeFile(output_), HasSubstr("\"binary:logistic\""));
  EXPECT_EQ(FilesOf(dir_.File("out")).size(), 1u);
}

TEST_F(Export, AnUnknownFormatNamesTheChoices) {
  ExpectRefused(Run("trees", "xgbost"), 2,
                "no export format 'xgbost', did you mean 'xgboost'?; choose from: xgboost");
}

TEST_F(Export, AFormatThatCannotHoldTheModelIsRefused) {
  ExpectRefused(Run("factors", "xgboost"), 2, "holds models of kind 'trees'");
}

TEST_F(Export, AnOutputThatExistsIsReplacedOnlyWhereAsked) {
  WriteWholeFile(output_, "mine");
  before_ = FilesOf(dir_.File("out"));
  ExpectRefused(Run("trees", "xgboost"), 2, "exists; --overwrite replaces it");
  EXPECT_EQ(Run("trees", "xgboost", {"--overwrite"}).exit_code, 0);
  EXPECT_THAT(ReadWholeFile(output_), StartsWith("{\"learner\""));
}

TEST_F(Export, ADirectoryOrAPlaceThatIsNotThereIsRefused) {
  output_ = dir_.File("out");
  ExpectRefused(Run("trees", "xgboost", {"--overwrite"}), 2, "is a directory");
  output_ = dir_.File("nowhere/x.json");
  ExpectRefused(Run("trees", "xgboost"), 5, "cannot create");
}

TEST_F(Export, AnArtifactThatIsNotThereIsExit5) {
  ExpectRefused(Run("nothing", "xgboost"), 5, "nothing");
}

}  // namespace
}  // namespace tidewright
