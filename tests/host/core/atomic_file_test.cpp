#include "host/core/atomic_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "host/core/errors.h"
#include "tests/support/run_cli.h"

namespace tidewright {
namespace {

TEST(AtomicFile, ReplacesTheFileOnlyOnCommit) {
  const TempDirectory directory;
  const std::string path = directory.File("result");
  WriteWholeFile(path, "old");
  AtomicFile file(path);
  WriteWholeFile(file.work_path(), "new");
  EXPECT_EQ(ReadWholeFile(path), "old");
  file.Commit();
  EXPECT_EQ(ReadWholeFile(path), "new");
}

TEST(AtomicFile, LeavesNothingBehindWithoutCommit) {
  const TempDirectory directory;
  {
    const AtomicFile file(directory.File("result"));
    WriteWholeFile(file.work_path(), "half");
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(AtomicFile, CommitWithoutAWorkFileIsAnIoError) {
  const TempDirectory directory;
  AtomicFile file(directory.File("result"));
  EXPECT_THROW(file.Commit(), IoError);
}

}  // namespace
}  // namespace tidewright
