#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/core/errors.h"
#include "host/core/random.h"
#include "host/data/hdf5/dataset_file.h"
#include "tests/fault/fault_support.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kDone = static_cast<int>(ExitCode::kDone);
constexpr int kPreempted = static_cast<int>(ExitCode::kPreempted);

// 800 users with up to 12 of 300 items each; low items are more frequent.
void WriteData(const std::string& path) {
  Dataset data;
  data.layout = Layout::kAnnDataCsr;
  data.users = IdTable::Range(800);
  data.items = IdTable::Range(300);
  data.matrix.emplace();
  data.matrix->rows = 800;
  data.matrix->cols = 300;
  for (uint64_t user = 0; user < 800; ++user) {
    std::vector<int32_t> row;
    for (uint64_t k = 0; k < 12; ++k) {
      const PhiloxDraw draw = Philox(5, 0, user * 12 + k);
      const float u = UniformFloat(draw.word[0]);
      row.push_back(static_cast<int32_t>(300 * u * u));
    }
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    data.matrix->ids.insert(data.matrix->ids.end(), row.begin(), row.end());
    data.matrix->offsets.push_back(data.matrix->nnz());
  }
  data.matrix->values.assign(data.matrix->ids.size(), 1.0f);
  WriteMatrix(path, data, false);
}

class InterruptedTraining : public testing::Test {
 protected:
  InterruptedTraining() { WriteData(data_); }

  std::vector<std::string> Command(const std::string& output,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command{"train",      "ials",     data_,      "-o", output,
                                     "--factors",  "32",       "--epochs", "40", "--validate",
                                     "random:0.2", "--device", "cpu"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  // Everything a run leaves but what may differ from run to run.
  static std::map<std::string, std::string> Lasting(const std::string& output) {
    auto files = FilesOf(output);
    EXPECT_EQ(files.erase("run.json"), 1u);
    EXPECT_EQ(files.count("metrics.jsonl"), 1u);
    EXPECT_FALSE(fs::exists(output + ".partial"));
    return files;
  }

  std::map<std::string, std::string> Uninterrupted() {
    const CliResult run = RunCli(Command(dir_.File("whole")));
    EXPECT_EQ(run.exit_code, kDone) << run.err;
    return Lasting(dir_.File("whole"));
  }

  static int64_t EpochsWritten(const std::string& output) {
    // None where it is not there yet, or no longer: the end of a run moves it away.
    std::ifstream file(output + ".partial/metrics.jsonl");
    return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  }

  // Sends `signal` once the run has written `epochs` lines; its exit code, or 128 + the signal.
  int Interrupt(const std::string& output, const std::vector<std::string>& more, int64_t epochs,
                int signal) {
    const pid_t child = StartCli(Command(output, more), dir_.File("log"));
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (EpochsWritten(output) >= epochs) {
        kill(child, signal);
        waitpid(child, &status, 0);
        break;
      }
      usleep(500);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string Log() const { return ReadWholeFile(dir_.File("log")); }

  MemoryDirectory dir_;
  const std::string data_ = dir_.File("data.h5");
};

TEST_F(InterruptedTraining, TwoRunsAndAnyNumberOfThreadsGiveTheSameBytes) {
  const auto expected = Uninterrupted();
  for (const std::string threads : {"1", "2", "8"}) {
    const std::string output = dir_.File("threads" + threads);
    const CliResult run = RunCli(Command(output, {"--threads", threads}));
    ASSERT_EQ(run.exit_code, kDone) << run.err;
    EXPECT_TRUE(Lasting(output) == expected) << threads;
  }
}

TEST_F(InterruptedTraining, SigtermExits75AndResumeEndsWithTheSameBytes) {
  const auto expected = Uninterrupted();
  for (const int signal : {SIGTERM, SIGINT}) {
    const std::string output = dir_.File("stopped" + std::to_string(signal));
    ASSERT_EQ(Interrupt(output, {}, 1, signal), kPreempted) << Log();
    EXPECT_FALSE(fs::exists(output));
    EXPECT_LT(EpochsWritten(output), 40);
    const CliResult run = RunCli(Command(output, {"--resume"}));
    ASSERT_EQ(run.exit_code, kDone) << run.err;
    EXPECT_TRUE(Lasting(output) == expected);
  }
}

TEST_F(InterruptedTraining, StoppedAgainAndAgainItEndsWithTheSameBytes) {
  const auto expected = Uninterrupted();
  const std::string output = dir_.File("often");
  int code = Interrupt(output, {}, 1, SIGTERM);
  int stops = 0;
  for (; code == kPreempted && stops < 60; ++stops) {
    code = Interrupt(output, {"--resume"}, EpochsWritten(output) + 6, SIGTERM);
  }
  ASSERT_EQ(code, kDone) << Log();
  EXPECT_GT(stops, 1);
  EXPECT_TRUE(Lasting(output) == expected);
}

TEST_F(InterruptedTraining, KilledItResumesFromItsLastCheckpoint) {
  const auto expected = Uninterrupted();
  const std::string output = dir_.File("killed");
  const std::vector<std::string> often{"--checkpoint-seconds", "0"};
  ASSERT_EQ(Interrupt(output, often, 4, SIGKILL), 128 + SIGKILL) << Log();
  ASSERT_EQ(Interrupt(output, {"--checkpoint-seconds", "0", "--resume"}, 12, SIGKILL),
            128 + SIGKILL)
      << Log();
  EXPECT_FALSE(fs::exists(output));
  const CliResult run = RunCli(Command(output, {"--resume"}));
  ASSERT_EQ(run.exit_code, kDone) << run.err;
  EXPECT_TRUE(Lasting(output) == expected);
}

TEST_F(InterruptedTraining, AnotherProblemIsNotResumed) {
  const std::string output = dir_.File("model");
  ASSERT_EQ(Interrupt(output, {}, 1, SIGTERM), kPreempted) << Log();
  const CliResult run = RunCli(Command(output, {"--resume", "--alpha", "2"}));
  EXPECT_EQ(run.exit_code, static_cast<int>(ExitCode::kUsage));
  EXPECT_THAT(run.err, HasSubstr("alpha was 0, is 2"));
  const CliResult stored = RunCli(Command(output, {"--resume", "--storage", "bf16"}));
  EXPECT_EQ(stored.exit_code, static_cast<int>(ExitCode::kUsage));
  EXPECT_THAT(stored.err, HasSubstr("storage was fp32, is bf16"));
  EXPECT_EQ(RunCli(Command(output, {"--resume"})).exit_code, kDone);
  const CliResult again = RunCli(Command(output, {"--resume"}));
  EXPECT_EQ(again.exit_code, static_cast<int>(ExitCode::kUsage));
  EXPECT_THAT(again.err, HasSubstr("nothing to resume"));
}

TEST_F(InterruptedTraining, ASecondRunOnTheSameDirectoryIsRefused) {
  const std::string output = dir_.File("model");
  const pid_t first = StartCli(Command(output), dir_.File("log"));
  while (EpochsWritten(output) < 1 && waitpid(first, nullptr, WNOHANG) == 0) usleep(500);
  kill(first, SIGSTOP);
  const CliResult second = RunCli(Command(output));
  EXPECT_EQ(second.exit_code, static_cast<int>(ExitCode::kIo));
  EXPECT_THAT(second.err,
              HasSubstr("another run is writing it (process " + std::to_string(first) + ")"));
  kill(first, SIGCONT);
  EXPECT_EQ(WaitFor(first), kDone) << Log();
}

TEST_F(InterruptedTraining, AFullDiskExits5AndTheOldArtifactStays) {
  const std::string output = dir_.File("model");
  ASSERT_EQ(RunCli(Command(output, {"--seed", "2"})).exit_code, kDone);
  const auto before = FilesOf(output);
  std::vector<std::string> limited{"/bin/sh", "-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"",
                                   "sh", TidewrightBinary()};
  for (const std::string& argument : Command(output)) limited.push_back(argument);
  const CliResult run = RunProgram(limited);
  EXPECT_EQ(run.exit_code, static_cast<int>(ExitCode::kIo)) << run.err;
  EXPECT_THAT(run.err, HasSubstr("model.safetensors: File too large"));
  EXPECT_EQ(FilesOf(output), before);
}

}  // namespace
}  // namespace tidewright
