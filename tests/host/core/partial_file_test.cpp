#include "host/core/partial_file.h"

#include <gtest/gtest.h>

#include "tests/support/run_cli.h"
#include "tests/support/small_artifact.h"

namespace tidewright {
namespace {

TEST(PartialFile, WithoutFinishWhatStoodThereStaysAndNothingElse) {
  const TempDirectory dir;
  WriteWholeFile(dir.File("x"), "before");
  const auto before = FilesOf(dir.path());
  {
    PartialFile file(dir.File("x"));
    file.Write("after");
  }
  EXPECT_EQ(FilesOf(dir.path()), before);
}

TEST(PartialFile, FinishPutsTheWholeInItsPlace) {
  const TempDirectory dir;
  WriteWholeFile(dir.File("x"), "before");
  PartialFile file(dir.File("x"));
  file.Write("aft");
  file.Write("er");
  EXPECT_EQ(ReadWholeFile(dir.File("x")), "before");
  file.Finish();
  EXPECT_EQ(FilesOf(dir.path()), (std::map<std::string, std::string>{{"x", "after"}}));
}

}  // namespace
}  // namespace tidewright
