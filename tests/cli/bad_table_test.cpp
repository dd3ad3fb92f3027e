#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/bad_table_files.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using testing::HasSubstr;

class BadTableFile : public testing::TestWithParam<BadFile> {
 protected:
  void SetUp() override { GetParam().write(path_); }

  // Exit code 3, nothing on standard output, one line on standard error that names file, data set
  // and row, and no other file beside the bad one.
  void ExpectRefused(const std::vector<std::string>& arguments) {
    const CliResult result = RunCli(arguments);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr(path_ + ": " + GetParam().dataset));
    if (GetParam().row) {
      EXPECT_THAT(result.err, HasSubstr(" row " + std::to_string(*GetParam().row) + ": "));
    }
    EXPECT_THAT(result.err, HasSubstr(GetParam().what));
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      EXPECT_EQ(entry.path().string(), path_);
    }
  }

  const TempDirectory directory_;
  const std::string path_ = directory_.File("bad.h5");
};

TEST_P(BadTableFile, IsRefusedByInspect) { ExpectRefused({"inspect", path_}); }

TEST(FeatureTableFile, IsNoDataForARecommender) {
  const TempDirectory directory;
  const std::string path = directory.File("table.h5");
  {
    Hdf5Builder builder(path);
    BuildGoodTable(&builder);
  }
  const CliResult result = RunCli({"train", "ials", path, "-o", directory.File("model")});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr(path + ": /: holds a feature table (/columns); expected an"));
}

INSTANTIATE_TEST_SUITE_P(All, BadTableFile, testing::ValuesIn(BadTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace tidewright
