#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include "host/core/errors.h"
#include "host/core/random.h"
#include "host/model/model_file.h"
#include "host/train/artifact_directory.h"
#include "host/train/checkpoint.h"
#include "tests/fault/fault_support.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

namespace fs = std::filesystem;

constexpr int kMostSteps = 5000;  // a save takes a few hundred

// What stands at `path`: 'A', 'B', '-' (nothing); anything else fails the test.
char Seen(const std::string& path, const std::string& a, const std::string& b) {
  if (!fs::exists(path)) return '-';
  const std::string seen = Fingerprint(LoadArtifact(path));
  if (seen == a) return 'A';
  return seen == b ? 'B' : '?';
}

class KilledDuringASave : public testing::Test {
 protected:
  const Artifact artifact_a_ = SmallArtifact(1);
  const Artifact artifact_b_ = SmallArtifact(2);
  const std::string a_ = Fingerprint(artifact_a_);
  const std::string b_ = Fingerprint(artifact_b_);
  MemoryDirectory dir_;
  const std::string path_ = dir_.File("model");

  // Kills `save_b` at every step; `prepare` runs before each. One outcome before some step, 'B'
  // from it on.
  template <class Prepare, class Save>
  void KillAtEveryStep(char before, Prepare prepare, Save save_b) {
    std::string outcomes;
    for (int step = 1; step < kMostSteps; ++step) {
      prepare();
      const bool killed = KillAtStep(save_b, step);
      const char seen = Seen(path_, a_, b_);
      outcomes += seen;
      ASSERT_TRUE(seen == before || seen == 'B') << seen << " at step " << step;
      if (!killed) break;
    }
    const size_t change = outcomes.find('B');
    ASSERT_NE(change, std::string::npos);
    EXPECT_GT(change, 20u);
    EXPECT_EQ(outcomes.find(before, change), std::string::npos) << outcomes;
    EXPECT_LT(outcomes.size(), static_cast<size_t>(kMostSteps));
  }
};

TEST_F(KilledDuringASave, TheOldOrTheNewArtifactStandsAtEveryStep) {
  // Saving A again each time also proves that what the killed run left is no obstacle.
  KillAtEveryStep(
      'A', [&] { SaveArtifact(path_, artifact_a_); },
      [&] {
        SaveArtifact(path_, artifact_b_);
        return 0;
      });
  SaveArtifact(path_, artifact_a_);
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
  EXPECT_FALSE(fs::exists(path_ + "/.lock"));
}

TEST_F(KilledDuringASave, NothingOrTheNewArtifactStandsAtEveryStepOfTheFirst) {
  KillAtEveryStep(
      '-', [&] { fs::remove_all(path_); },
      [&] {
        SaveArtifact(path_, artifact_b_);
        return 0;
      });
}

TEST_F(KilledDuringASave, TheOldOrTheNewArtifactStandsWhereDirectoriesCannotBeExchanged) {
  const std::string work = dir_.File("work");
  KillAtEveryStep(
      'A',
      [&] {
        SaveArtifact(path_, artifact_a_);
        fs::remove_all(work);
        fs::create_directory(work);
        WriteArtifactFiles(work, artifact_b_, {});
      },
      [&] {
        CommitByManifest(work, path_);
        return 0;
      });
}

TEST_F(KilledDuringASave, AtRandomTimesTheDirectoryIsOneOfTheTwo) {
  // Larger, so that the time goes into writing and not into starting.
  const Artifact artifacts[2] = {SmallArtifact(1, 1000, 200, 16), SmallArtifact(2, 1000, 200, 16)};
  const std::string prints[2] = {Fingerprint(artifacts[0]), Fingerprint(artifacts[1])};
  SaveArtifact(path_, artifacts[0]);
  const auto begin = std::chrono::steady_clock::now();
  SaveArtifact(path_, artifacts[0]);
  const auto one_save = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  int current = 0;
  int changes = 0;
  for (uint64_t round = 0; round < 40; ++round) {
    const pid_t child = Fork([&] {
      for (int next = 1 - current;; next = 1 - next) SaveArtifact(path_, artifacts[next]);
      return 0;
    });
    const auto longest = static_cast<uint64_t>(one_save.count()) * 3;
    usleep(static_cast<useconds_t>(UniformBelow(Philox(11, 0, round), longest)));
    kill(child, SIGKILL);
    ASSERT_EQ(WaitFor(child), 128 + SIGKILL);
    const std::string seen = Fingerprint(LoadArtifact(path_));
    ASSERT_TRUE(seen == prints[0] || seen == prints[1]) << round;
    changes += seen != prints[current];
    current = seen == prints[1];
  }
  EXPECT_GT(changes, 0);
  EXPECT_LT(changes, 40);
}

TEST_F(KilledDuringASave, ThereIsAWholeCheckpointAtEveryStep) {
  const std::string path = dir_.File(kCheckpointName);
  TrainerState trainer;
  State first, second;
  first.floats["x"] = AlignedVector<float>(1000, 1.0f);
  second.floats["x"] = AlignedVector<float>(3000, 2.0f);
  bool killed = true;
  int step = 0;
  while (killed && ++step < kMostSteps) {
    WriteCheckpoint(path, trainer, first);
    killed = KillAtStep(
        [&] {
          WriteCheckpoint(path, trainer, second);
          return 0;
        },
        step);
    TrainerState read_trainer;
    State read;
    ReadCheckpoint(path, &read_trainer, &read);
    ASSERT_TRUE(read.floats == first.floats || read.floats == second.floats) << step;
    EXPECT_TRUE(killed || read.floats == second.floats);
  }
  EXPECT_GT(step, 10);
}

TEST_F(KilledDuringASave, ARunIsLockedOutOnlyWhileTheOtherLives) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = Fork([&] {
    const ArtifactDirectory output(path_, false);
    WriteWholeFile(output.work_path() + "/work", "x");
    if (write(ready[1], "r", 1) != 1) return 1;
    pause();
    return 0;
  });
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  try {
    const ArtifactDirectory output(path_, false);
    ADD_FAILURE() << "two runs at once";
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("(process " + std::to_string(child) + ")"),
              std::string::npos)
        << error.what();
  }
  kill(child, SIGKILL);
  WaitFor(child);
  close(ready[0]);
  close(ready[1]);
  SaveArtifact(path_, artifact_a_);
  EXPECT_EQ(Seen(path_, a_, b_), 'A');
}

}  // namespace
}  // namespace tidewright
