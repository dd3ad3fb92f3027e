// `recommend` and `score` that are ended on the way and go on: the same bytes as in one run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <system_error>

#include "host/core/errors.h"
#include "host/data/hdf5/table_file.h"
#include "tests/fault/fault_support.h"
#include "tests/support/random_trees.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"
#include "tests/support/table_fixture.h"

namespace tidewright {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ResumedOutput : public testing::Test {
 protected:
  // A recommender of 9000 users, and 5000 users to fold in: three batches and two.
  void MakeRecommender() {
    const Artifact artifact = FoldableArtifact(1, 9000, 120, 16);
    fs::create_directory(dir_.File("model"));
    WriteArtifactFiles(dir_.File("model"), artifact, {});
    std::string unseen;
    for (int user = 0; user < 5000; ++user) {
      unseen += "{\"user\":\"new " + std::to_string(user) + "\",\"items\":[\"" +
                std::string(artifact.items[user % 120]) + "\",\"" +
                std::string(artifact.items[(7 * user + 1) % 120]) + "\"]}\n";
    }
    WriteWholeFile(dir_.File("unseen"), unseen);
    command_ = {
        "recommend", dir_.File("model"), "--users", "all", "--fold-in", dir_.File("unseen"), "-k",
        "60",        "--threads",        "1"};
  }

  // Trees over a table of 140000 rows: three batches.
  void MakeClassifier() {
    const FeatureTable table = RandomTable(140000, 1);
    WriteFeatureTable(dir_.File("table.h5"), table, true);
    fs::create_directory(dir_.File("model"));
    const FeatureSpec columns = SpecOf(table);
    WriteArtifactFiles(dir_.File("model"), TreeArtifact(RandomTrees(30, 6, 1, columns), columns),
                       {});
    command_ = {"score", dir_.File("model"), dir_.File("table.h5"), "--threads", "1"};
  }

  std::vector<std::string> Command(const std::string& output) const {
    std::vector<std::string> command = command_;
    command.insert(command.end(), {"-o", dir_.File(output), "--resume"});
    return command;
  }

  // What is said of the customers together; nothing of a recommender.
  static std::string CohortLine(const std::string& said) {
    const size_t end = said.find("prediction interval");
    return end == std::string::npos ? "" : said.substr(said.rfind('\n', end) + 1, 60);
  }

  // Sends `signal` once more than `bytes` are written; the exit code, or 128 + the signal.
  int Interrupt(const std::string& output, uintmax_t bytes, int signal) {
    const pid_t child = StartCli(Command(output), dir_.File("log"));
    const std::string partial = dir_.File(output) + ".partial";
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      std::error_code not_there;
      const uintmax_t size = fs::file_size(partial, not_there);
      if (!not_there && size > bytes) {
        kill(child, signal);
        waitpid(child, &status, 0);
        break;
      }
      usleep(200);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  uintmax_t Written(const std::string& output) {
    return fs::file_size(dir_.File(output) + ".partial");
  }

  // Ended by SIGTERM, then by SIGKILL, then to the end: the bytes of one run.
  void ExpectSameBytes(const std::string& name, const std::string& unit) {
    const CliResult at_once = RunCli(Command("whole" + name));
    ASSERT_EQ(at_once.exit_code, 0) << at_once.err;
    const std::string output = "ended" + name;
    ASSERT_EQ(Interrupt(output, 0, SIGTERM), static_cast<int>(ExitCode::kPreempted))
        << ReadWholeFile(dir_.File("log"));
    EXPECT_FALSE(fs::exists(dir_.File(output)));
    const uintmax_t before = Written(output);
    EXPECT_EQ(Interrupt(output, before, SIGKILL), 128 + SIGKILL);
    EXPECT_FALSE(fs::exists(dir_.File(output)));
    // As if the kill had come in the middle of a write.
    fs::resize_file(dir_.File(output) + ".partial", Written(output) - 5);
    const CliResult last = RunCli(Command(output));
    ASSERT_EQ(last.exit_code, 0) << last.err;
    EXPECT_THAT(last.err, HasSubstr("going on after "));
    EXPECT_THAT(last.err, HasSubstr(" " + unit));
    EXPECT_EQ(CohortLine(last.err), CohortLine(at_once.err));
    EXPECT_TRUE(ReadWholeFile(dir_.File(output)) == ReadWholeFile(dir_.File("whole" + name)));
    EXPECT_FALSE(fs::exists(dir_.File(output) + ".partial"));
    EXPECT_FALSE(fs::exists(dir_.File(output) + ".partial.run"));
  }

  MemoryDirectory dir_;
  std::vector<std::string> command_;
};

TEST_F(ResumedOutput, ListsOfKnownAndOfUnseenUsers) {
  MakeRecommender();
  ExpectSameBytes(".ndjson", "users");
}

TEST_F(ResumedOutput, ListsInHdf5) {
  MakeRecommender();
  ExpectSameBytes(".h5", "users");
}

TEST_F(ResumedOutput, ProbabilitiesInLines) {
  MakeClassifier();
  ExpectSameBytes(".ndjson", "rows");
}

TEST_F(ResumedOutput, ProbabilitiesInHdf5) {
  MakeClassifier();
  ExpectSameBytes(".h5", "rows");
}

TEST_F(ResumedOutput, AFullDiskKeepsWhatWasWrittenAndNothingElse) {
  MakeClassifier();
  const std::vector<std::string> limited{
      "/bin/sh", "-c", "trap '' XFSZ; ulimit -f 3000; exec \"$@\"", "sh", TidewrightBinary()};
  for (const bool resume : {true, false}) {
    std::vector<std::string> command = limited;
    for (const std::string& argument : Command("x.h5")) command.push_back(argument);
    if (!resume) command.pop_back();
    const CliResult run = RunProgram(command);
    EXPECT_EQ(run.exit_code, static_cast<int>(ExitCode::kIo)) << run.err;
    EXPECT_THAT(run.err, HasSubstr("File too large"));
    EXPECT_FALSE(fs::exists(dir_.File("x.h5")));
    EXPECT_TRUE(fs::exists(dir_.File("x.h5.partial")));
  }
  EXPECT_EQ(RunCli(Command("x.h5")).exit_code, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), {}), 3);
}

}  // namespace
}  // namespace tidewright
