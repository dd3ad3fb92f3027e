// The curves of a churn model through the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ClassifierPlots : public ::testing::Test {
 protected:
  std::string TrainedModel() const {
    const CliResult result = RunCli(
        {"train", "logistic", TelcoTable(), "-o", directory_.File("model"), "--epochs", "10"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return directory_.File("model");
  }

  TempDirectory directory_;
};

TEST_F(ClassifierPlots, EvaluateDrawsInTheTerminalAndAsAFile) {
  const std::string model = TrainedModel();
  const CliResult plain = RunCli({"evaluate", model, TelcoTable()});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_THAT(plain.out, Not(HasSubstr("Gain: churners reached")));

  const std::string svg = directory_.File("curves.svg");
  const CliResult drawn = RunCli({"evaluate", model, TelcoTable(), "--plot", "--svg", svg});
  ASSERT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr(plain.out));
  EXPECT_THAT(drawn.out, HasSubstr("ROC: churners found   AUC 0.8"));
  EXPECT_THAT(drawn.out, HasSubstr("Reliability   ECE 0.0"));
  EXPECT_THAT(drawn.out, HasSubstr("Gain: churners reached   lift@10%"));
  EXPECT_THAT(ReadWholeFile(svg), testing::StartsWith("<svg "));
  EXPECT_THAT(ReadWholeFile(svg), HasSubstr("logistic: "));
}

TEST_F(ClassifierPlots, TrainDrawsItsCrossValidation) {
  const std::string svg = directory_.File("curves.svg");
  const CliResult result =
      RunCli({"train", "logistic", TelcoTable(), "-o", directory_.File("model"), "--epochs", "10",
              "--cross-validate", "3", "--svg", svg});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(ReadWholeFile(svg), HasSubstr("3 folds, 1 repeats"));

  const CliResult nothing =
      RunCli({"train", "logistic", TelcoTable(), "-o", directory_.File("other"), "--svg",
              directory_.File("other.svg")});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("add --cross-validate or --test"));
}

TEST_F(ClassifierPlots, AFileThatCannotBeWrittenIsSaid) {
  const CliResult result = RunCli(
      {"evaluate", TrainedModel(), TelcoTable(), "--svg", directory_.File("none/curves.svg")});
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_THAT(result.err, HasSubstr("none/curves.svg"));
}

}  // namespace
}  // namespace tidewright
