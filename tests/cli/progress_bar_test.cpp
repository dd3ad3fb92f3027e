// The bar that recommend and score draw where their messages go to a terminal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTerminal[] =
    "import os, pty, sys\n"
    "sys.exit(os.waitstatus_to_exitcode(pty.spawn(['/bin/bash', '-c', sys.argv[1]])))\n";

// What a terminal shows of a command whose answers go to a program that is slow to take them: the
// bar is not drawn before a fifth of a second has passed.
CliResult OnATerminal(const std::string& command) {
  const std::string slowly =
      "set -o pipefail; '" + TidewrightBinary() + "' " + command + " | (sleep 0.5; cat >/dev/null)";
  return RunProgram({"/usr/bin/python3", "-c", kTerminal, slowly},
                    {{"NO_COLOR", "1"}, {"TERM", "xterm"}});
}

constexpr char kFullBar[] = "\r\x1b[K[########################] ";

TEST(ProgressBar, OfRecommendEndsAtEveryUser) {
  const TempDirectory dir;
  const std::string model = dir.File("model");
  std::filesystem::create_directory(model);
  WriteArtifactFiles(model, SmallArtifact(1, 9000, 50, 4), {});
  const CliResult shown = OnATerminal("recommend '" + model + "' -o -");
  EXPECT_EQ(shown.exit_code, 0) << shown.out << shown.err;
  EXPECT_THAT(shown.out, HasSubstr(kFullBar + std::string("recommending  9000 users, 100 %\r\n")));
  const CliResult piped = RunCli({"recommend", model, "-o", "-"});
  EXPECT_THAT(piped.err, Not(HasSubstr("\x1b")));
}

TEST(ProgressBar, OfScoreEndsAtEveryRow) {
  const TempDirectory dir;
  const std::string model = dir.File("model");
  const CliResult trained = RunCli({"train", "gbdt", TelcoTable(), "-o", model, "--epochs", "2"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const CliResult shown = OnATerminal("score '" + model + "' '" + TelcoTable() + "'");
  EXPECT_EQ(shown.exit_code, 0) << shown.out << shown.err;
  EXPECT_THAT(shown.out, HasSubstr(kFullBar + std::string("scoring  7043 rows, 100 %\r\n")));
}

}  // namespace
}  // namespace tidewright
