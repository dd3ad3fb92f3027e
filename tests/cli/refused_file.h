#ifndef TIDEWRIGHT_TESTS_CLI_REFUSED_FILE_H_
#define TIDEWRIGHT_TESTS_CLI_REFUSED_FILE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/bad_hdf5_files.h"
#include "tests/support/run_cli.h"

namespace tidewright {

// A file that must be refused: with exit code 3, nothing on standard output, one line on standard
// error that names file, data set and row, and nothing written beside it.
class RefusedFile : public testing::TestWithParam<BadFile> {
 protected:
  void SetUp() override { GetParam().write(path_); }

  void ExpectRefused(const std::vector<std::string>& arguments) {
    const CliResult result = RunCli(arguments);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_THAT(result.err, testing::HasSubstr(path_ + ": " + GetParam().dataset));
    if (GetParam().row) {
      EXPECT_THAT(result.err, testing::HasSubstr(" row " + std::to_string(*GetParam().row) + ": "));
    }
    EXPECT_THAT(result.err, testing::HasSubstr(GetParam().what));
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      EXPECT_EQ(entry.path().string(), path_);
    }
  }

  const TempDirectory directory_;
  const std::string path_ = directory_.File("bad.h5");
};

}  // namespace tidewright

#endif  // TIDEWRIGHT_TESTS_CLI_REFUSED_FILE_H_
