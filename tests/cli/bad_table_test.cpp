#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/cli/refused_file.h"
#include "tests/support/bad_table_files.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using testing::HasSubstr;

class RefusedTable : public RefusedFile {
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

  static std::string good() { return trained_->File("good.h5"); }
  static std::string model() { return trained_->File("model"); }
  void ExpectRefusedAsTest() {
    for (const std::string algorithm : {"gbdt", "logistic"}) {
      ExpectRefused({"train", algorithm, good(), "-o", directory_.File("model"), "--device", "cpu",
                     "--test", path_});
    }
  }

  static std::unique_ptr<TempDirectory> trained_;
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
