#include "host/train/artifact_directory.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "host/core/errors.h"
#include "host/model/artifact.h"
#include "host/train/checkpoint.h"
#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

void Save(const std::string& path, uint64_t seed) {
  ArtifactDirectory output(path, false);
  WriteWholeFile(output.work_path() + "/metrics.jsonl", std::to_string(seed) + "\n");
  WriteWholeFile(output.work_path() + "/" + kCheckpointName, "left over");
  WriteArtifactFiles(output.work_path(), SmallArtifact(seed), {});
  output.Commit();
}

std::vector<std::string> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : FilesOf(path)) names.push_back(name);
  return names;
}

const std::vector<std::string> kArtifactNames{"history.safetensors", "ids.safetensors",
                                              "manifest.json",       "metrics.jsonl",
                                              "model.safetensors",   "run.json"};

template <class E>
std::string ErrorOf(const std::string& path, bool resume = false) {
  try {
    const ArtifactDirectory output(path, resume);
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

TEST(ArtifactDirectory, CommitsWhereNothingWas) {
  const TempDirectory dir;
  const std::string path = dir.File("deeper/model/");
  {
    ArtifactDirectory output(path, false);
    EXPECT_EQ(output.work_path(), dir.File("deeper/model.partial"));
    WriteArtifactFiles(output.work_path(), SmallArtifact(1), {});
    WriteWholeFile(output.work_path() + "/metrics.jsonl", "");
    EXPECT_FALSE(fs::exists(path));
    output.Commit();
  }
  EXPECT_EQ(NamesIn(path), kArtifactNames);
  EXPECT_FALSE(fs::exists(dir.File("deeper/model.partial")));
  EXPECT_EQ(Fingerprint(LoadArtifact(path)), Fingerprint(SmallArtifact(1)));
}

TEST(ArtifactDirectory, ReplacesAnArtifactAndAnEmptyDirectory) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  fs::create_directory(path);
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Save(path, seed);
    EXPECT_EQ(NamesIn(path), kArtifactNames);
    EXPECT_EQ(ReadWholeFile(path + "/metrics.jsonl"), std::to_string(seed) + "\n");
    EXPECT_EQ(Fingerprint(LoadArtifact(path)), Fingerprint(SmallArtifact(seed)));
    EXPECT_FALSE(fs::exists(path + ".partial"));
  }
}

TEST(ArtifactDirectory, FollowsASymbolicLink) {
  const TempDirectory dir;
  Save(dir.File("model"), 1);
  fs::create_directory_symlink(dir.File("model"), dir.File("current"));
  Save(dir.File("current"), 2);
  EXPECT_TRUE(fs::is_symlink(dir.File("current")));
  EXPECT_EQ(Fingerprint(LoadArtifact(dir.File("model"))), Fingerprint(SmallArtifact(2)));
}

TEST(ArtifactDirectory, TouchesNothingThatIsNotItsOwn) {
  const TempDirectory dir;
  fs::create_directory(dir.File("photos"));
  WriteWholeFile(dir.File("photos/cat"), "cat");
  EXPECT_THAT(ErrorOf<UsageError>(dir.File("photos")), HasSubstr("exists and is no artifact"));
  EXPECT_THAT(ErrorOf<UsageError>(dir.File("photos/cat")), HasSubstr("exists and is no artifact"));
  EXPECT_EQ(ReadWholeFile(dir.File("photos/cat")), "cat");
  EXPECT_FALSE(fs::exists(dir.File("photos.partial")));

  fs::create_directory(dir.File("a.partial"));
  WriteWholeFile(dir.File("a.partial/cat"), "cat");
  EXPECT_THAT(ErrorOf<UsageError>(dir.File("a")), HasSubstr("was not left by tidewright"));
  EXPECT_EQ(NamesIn(dir.File("a.partial")), std::vector<std::string>{"cat"});
  WriteWholeFile(dir.File("b.partial"), "a file");
  EXPECT_THAT(ErrorOf<UsageError>(dir.File("b")), HasSubstr("is no directory"));
  for (const std::string bad : {"", "/", ".", "..", "x/.."}) {
    EXPECT_THAT(ErrorOf<UsageError>(bad), HasSubstr("expected the name of a directory")) << bad;
  }
}

TEST(ArtifactDirectory, WithoutCommitTheOldArtifactStaysAndSoDoesTheWork) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  Save(path, 1);
  {
    ArtifactDirectory output(path, false);
    WriteArtifactFiles(output.work_path(), SmallArtifact(2), {});
  }
  EXPECT_EQ(Fingerprint(LoadArtifact(path)), Fingerprint(SmallArtifact(1)));
  EXPECT_TRUE(fs::exists(path + ".partial/model.safetensors"));
  const ArtifactDirectory again(path, false);
  EXPECT_EQ(NamesIn(path + ".partial"), std::vector<std::string>{".lock"});
}

TEST(ArtifactDirectory, APartialDirectoryWithNothingInItIsTakenAway) {
  const TempDirectory dir;
  { const ArtifactDirectory output(dir.File("model"), false); }
  EXPECT_FALSE(fs::exists(dir.File("model.partial")));
}

class Warnings : public Progress {
 public:
  void Warn(const std::string& message) override { text += message + "\n"; }
  std::string text;
};

TEST(ArtifactDirectory, ACheckpointThatIsDroppedIsNamed) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  Warnings warnings;
  {
    ArtifactDirectory output(path, false, warnings);
    WriteWholeFile(output.work_path() + "/" + kCheckpointName, "state");
  }
  { const ArtifactDirectory output(path, true, warnings); }
  EXPECT_EQ(warnings.text, "");
  { const ArtifactDirectory output(path, false, warnings); }
  EXPECT_THAT(warnings.text, HasSubstr("model.partial: an earlier run's checkpoint is dropped"));
}

TEST(ArtifactDirectory, CheckRefusesWithoutATrace) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  ArtifactDirectory::Check(path, false);
  EXPECT_THROW(ArtifactDirectory::Check(path, true), UsageError);
  EXPECT_FALSE(fs::exists(path + ".partial"));
  fs::create_directories(path);
  WriteWholeFile(path + "/notes.txt", "mine");
  EXPECT_THROW(ArtifactDirectory::Check(path, false), UsageError);
}

TEST(ArtifactDirectory, ResumeNeedsACheckpoint) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  EXPECT_THAT(ErrorOf<UsageError>(path, true), HasSubstr("nothing to resume"));
  EXPECT_FALSE(fs::exists(path + ".partial"));
  {
    ArtifactDirectory output(path, false);
    WriteWholeFile(output.work_path() + "/" + kCheckpointName, "state");
  }
  {
    const ArtifactDirectory output(path, true);
    EXPECT_EQ(ReadWholeFile(output.work_path() + "/" + kCheckpointName), "state");
  }
  EXPECT_EQ(ErrorOf<UsageError>(path, true), "");
}

TEST(ArtifactDirectory, ASecondRunIsRefusedWithTheProcessOfTheFirst) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  ArtifactDirectory first(path, false);
  WriteWholeFile(first.work_path() + "/precious", "work");
  EXPECT_THAT(ErrorOf<IoError>(path),
              HasSubstr("another run is writing it (process " + std::to_string(getpid()) + ")"));
  EXPECT_TRUE(fs::exists(first.work_path() + "/precious"));
}

TEST(ArtifactDirectory, NothingIsCommittedWithoutAManifest) {
  const TempDirectory dir;
  Save(dir.File("model"), 1);
  ArtifactDirectory output(dir.File("model"), false);
  EXPECT_THROW(output.Commit(), IoError);
  EXPECT_EQ(Fingerprint(LoadArtifact(dir.File("model"))), Fingerprint(SmallArtifact(1)));
}

TEST(ArtifactDirectory, ADirectoryThatFilledUpMeanwhileIsNotReplaced) {
  const TempDirectory dir;
  ArtifactDirectory output(dir.File("model"), false);
  WriteArtifactFiles(output.work_path(), SmallArtifact(1), {});
  fs::create_directory(dir.File("model"));
  WriteWholeFile(dir.File("model/cat"), "cat");
  EXPECT_THROW(output.Commit(), IoError);
  EXPECT_EQ(NamesIn(dir.File("model")), std::vector<std::string>{"cat"});
  EXPECT_TRUE(IsArtifact(output.work_path()));
}

TEST(ArtifactDirectory, CommitByManifestLoadsAlikeAndLeavesNothingBehind) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  Save(path, 1);
  for (uint64_t seed = 2; seed <= 4; ++seed) {
    const std::string work = dir.File("work" + std::to_string(seed));
    fs::create_directory(work);
    Artifact artifact = SmallArtifact(seed);
    if (seed == 3) artifact.history.reset();
    WriteArtifactFiles(work, artifact, {{{"seed", std::to_string(seed)}}, {}});
    CommitByManifest(work, path);
    EXPECT_EQ(Fingerprint(LoadArtifact(path)), Fingerprint(artifact));
    EXPECT_EQ(NamesIn(path).size(), seed == 3 ? 4u : 5u);
    EXPECT_TRUE(NamesIn(work).empty());
    EXPECT_THAT(ReadWholeFile(path + "/run.json"), HasSubstr('"' + std::to_string(seed) + '"'));
  }
  Save(path, 5);
  EXPECT_EQ(NamesIn(path), kArtifactNames);
}

// Readers run while a writer replaces the artifact, both ways: each load is one of the two.
TEST(ArtifactDirectory, AReaderNeverSeesAMixture) {
  const TempDirectory dir;
  const std::string path = dir.File("model");
  const std::string a = Fingerprint(SmallArtifact(0));
  const std::string b = Fingerprint(SmallArtifact(1));
  Save(path, 0);
  std::atomic<bool> done{false};
  std::atomic<int> loads{0};
  std::string failure;
  std::thread reader([&] {
    try {
      while (!done || loads < 20) {
        const std::string seen = Fingerprint(LoadArtifact(path));
        if (seen != a && seen != b) failure = "a mixture";
        ++loads;
      }
    } catch (const std::exception& error) {
      failure = error.what();
    }
  });
  for (uint64_t round = 1; round < 16; ++round) {
    if (round % 4 < 2) {
      Save(path, round % 2);
    } else {
      fs::create_directory(dir.File("work"));
      WriteArtifactFiles(dir.File("work"), SmallArtifact(round % 2), {});
      CommitByManifest(dir.File("work"), path);
      fs::remove_all(dir.File("work"));
    }
  }
  done = true;
  reader.join();
  EXPECT_EQ(failure, "");
}

}  // namespace
}  // namespace tidewright
