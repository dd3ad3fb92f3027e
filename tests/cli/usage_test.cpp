#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

void ExpectOneErrorLine(const CliResult& result, int exit_code) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_THAT(result.err, StartsWith("tidewright: "));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_EQ(result.out, "");
}

TEST(Usage, NamesTheModelThatHasTheFlag) {
  const CliResult result = RunCli({"train", "gbdt", "x.h5", "--path", "12"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("unknown flag --path of tidewright train gbdt, which train logistic has;"));
}

TEST(Usage, HelpAndVersionSucceedOnStandardOutput) {
  for (const char* flag : {"--help", "--version"}) {
    const CliResult result = RunCli({flag});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("tidewright"));
    EXPECT_EQ(result.err, "");
  }
}

TEST(Usage, NoCommandIsOneLineAndExit2) { ExpectOneErrorLine(RunCli({}), 2); }

TEST(Usage, MisspeltCommandSuggestsTheNearest) {
  const CliResult result = RunCli({"doctr"});
  ExpectOneErrorLine(result, 2);
  EXPECT_THAT(result.err, HasSubstr("unknown command 'doctr', did you mean 'doctor'?"));
}

TEST(Usage, MisspeltFlagSuggestsTheNearest) {
  const CliResult result = RunCli({"doctor", "--thread", "2"});
  ExpectOneErrorLine(result, 2);
  EXPECT_THAT(result.err, HasSubstr("unknown flag --thread, did you mean '--threads'?"));
}

TEST(Usage, SurplusArgumentIsExit2) { ExpectOneErrorLine(RunCli({"doctor", "surplus"}), 2); }

TEST(Usage, ValueOutOfRangeNamesItsSource) {
  const CliResult flag = RunCli({"doctor", "--threads", "-3"});
  ExpectOneErrorLine(flag, 2);
  EXPECT_THAT(flag.err, HasSubstr("command line: --threads is '-3'; expected a whole number"));
  const CliResult variable = RunCli({"doctor"}, {{"TIDEWRIGHT_THREADS", "many"}});
  ExpectOneErrorLine(variable, 2);
  EXPECT_THAT(variable.err, HasSubstr("environment variable TIDEWRIGHT_THREADS"));
}

TEST(Usage, FlagWinsOverEnvironmentBeforeAndAfterTheCommand) {
  const std::vector<std::pair<std::string, std::string>> environment{{"TIDEWRIGHT_THREADS", "5"}};
  EXPECT_THAT(RunCli({"doctor"}, environment).out, HasSubstr("threads     5\n"));
  EXPECT_THAT(RunCli({"doctor", "--threads", "3"}, environment).out, HasSubstr("threads     3\n"));
  EXPECT_THAT(RunCli({"--threads", "3", "doctor"}, environment).out, HasSubstr("threads     3\n"));
}

TEST(Usage, MisspeltVariableIsNamedAndOthersAreNot) {
  const CliResult result =
      RunCli({"doctor"}, {{"TIDEWRIGHT_THREDS", "1"}, {"TIDEWRIGHT_CUDA", "OFF"}});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("did you mean TIDEWRIGHT_THREADS?"));
  EXPECT_THAT(result.err, Not(HasSubstr("TIDEWRIGHT_CUDA")));
}

TEST(Usage, ErrorsAreJsonWhereMessagesAre) {
  const CliResult result = RunCli({"--log-format", "json", "doctor"}, {{"TIDEWRIGHT_THREDS", "1"}});
  EXPECT_EQ(nlohmann::json::parse(result.err).at("event"), "warning");
}

TEST(Usage, MistakesInTheArgumentsAreJsonWhereMessagesAre) {
  for (const CliResult& result :
       {RunCli({"doctor", "--log-format=json", "--thraeds", "2"}),
        RunCli({"doctor", "--thraeds", "2"}, {{"TIDEWRIGHT_LOG_FORMAT", "json"}})}) {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(nlohmann::json::parse(result.err).at("event"), "error");
  }
  const CliResult text = RunCli({"doctor", "--thraeds", "2", "--log-format", "text"},
                                {{"TIDEWRIGHT_LOG_FORMAT", "json"}});
  EXPECT_THAT(text.err, HasSubstr("did you mean '--threads'?"));
  EXPECT_THAT(text.err, Not(HasSubstr("{")));
}

TEST(Doctor, SaysWhatTheMachineOffers) {
  const CliResult result = RunCli({"doctor"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* row : {"tidewright", "processor", "threads", "hdf5", "cuda"}) {
    EXPECT_THAT(result.out, HasSubstr(std::string(row) + " "));
  }
}

}  // namespace
}  // namespace tidewright
