#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "tests/support/bad_table_files.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using testing::HasSubstr;

// A file that must be refused: with exit code 3, nothing on standard output, one line on standard
// error that names file, data set and row, and nothing written beside it.
class RefusedTable : public testing::TestWithParam<BadFile> {
 protected:
  static void SetUpTestSuite() {
    trained_ = std::make_unique<TempDirectory>();
    {
      Hdf5Builder builder(good());
      BuildGoodTable(&builder);
    }
    const CliResult result =
        RunCli({"train", "gbdt", good(), "-o", trained_->File("model"), "--device", "cpu"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  static void TearDownTestSuite() { trained_.reset(); }
  void SetUp() override { GetParam().write(path_); }

  static std::string good() { return trained_->File("good.h5"); }
  static std::string model() { return trained_->File("model"); }
  void ExpectRefusedAsTest() {
    for (const std::string algorithm : {"gbdt", "logistic"}) {
      ExpectRefused({"train", algorithm, good(), "-o", directory_.File("model"), "--device", "cpu",
                     "--test", path_});
    }
  }
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

  static std::unique_ptr<TempDirectory> trained_;
  const TempDirectory directory_;
  const std::string path_ = directory_.File("bad.h5");
};
std::unique_ptr<TempDirectory> RefusedTable::trained_;

class BadTableFile : public RefusedTable {};

TEST_P(BadTableFile, IsRefusedByInspect) { ExpectRefused({"inspect", path_}); }

TEST_P(BadTableFile, IsRefusedByTrainWhichWritesNothing) {
  ExpectRefused({"train", "gbdt", path_, "-o", directory_.File("model"), "--device", "cpu"});
}

TEST_P(BadTableFile, IsRefusedByScoreWhichWritesNothing) {
  ExpectRefused({"score", model(), path_, "-o", directory_.File("scores.h5")});
}

INSTANTIATE_TEST_SUITE_P(All, BadTableFile, testing::ValuesIn(BadTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

class UntrainableTableFile : public RefusedTable {};

TEST_P(UntrainableTableFile, IsRefusedByTrainWhichWritesNothing) {
  for (const std::string algorithm : {"gbdt", "logistic"}) {
    ExpectRefused({"train", algorithm, path_, "-o", directory_.File("model"), "--device", "cpu"});
  }
}

TEST_P(UntrainableTableFile, IsScoredAndInspected) {
  EXPECT_EQ(RunCli({"inspect", path_}).exit_code, 0);
  const CliResult result = RunCli({"score", model(), path_});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 6) << result.out;
}

INSTANTIATE_TEST_SUITE_P(All, UntrainableTableFile, testing::ValuesIn(UntrainableTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

class UnjudgeableTableFile : public RefusedTable {};

TEST_P(UnjudgeableTableFile, IsRefusedByEvaluateAndAsTheTestOfATraining) {
  ExpectRefused({"evaluate", model(), path_});
  ExpectRefusedAsTest();
}

INSTANTIATE_TEST_SUITE_P(All, UnjudgeableTableFile, testing::ValuesIn(UnjudgeableTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

// Tables that are sound, and that the model of the good table cannot read.
class UnfitTableFile : public RefusedTable {};

TEST_P(UnfitTableFile, IsRefusedByScoreEvaluateAndAsTheTestOfATraining) {
  ExpectRefused({"score", model(), path_, "-o", directory_.File("scores.ndjson")});
  ExpectRefused({"evaluate", model(), path_});
  ExpectRefusedAsTest();
}

INSTANTIATE_TEST_SUITE_P(All, UnfitTableFile, testing::ValuesIn(UnfitTableFiles()),
                         [](const auto& bad) { return bad.param.name; });

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

}  // namespace
}  // namespace tidewright
